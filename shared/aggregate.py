"""Aggregates: their columns, the actions they allow, the messages they have to record."""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import FunctionType
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Select, Uuid, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from shared import clock
from shared.auth import Actor, Role
from shared.contracts.contract import Contract
from shared.db import TimestampTZ
from shared.errors import Conflict, Forbidden, NotFound, Problem
from shared.ids import new_id

UNIQUE_VIOLATION = "23505"
T = TypeVar("T", bound="Aggregate")
P = ParamSpec("P")
R = TypeVar("R")
Rule = Callable[[Any, Actor], None]


@dataclass(frozen=True, slots=True)
class Action:
    """What an actor can do to an aggregate.

    Each of `rules` raises the Problem that keeps an actor from it as the aggregate stands; `roles`
    are those that it is for besides the station itself, none for all. `depends_on` are the errors
    by which it can still be refused: what other rows or its arguments say.
    """

    name: str
    rules: Sequence[Rule]
    roles: frozenset[Role]
    depends_on: tuple[type[Problem], ...]

    def check(self, aggregate: Any, actor: Actor) -> None:
        """Check that the actor can take it now. Raises: Forbidden, and the errors of the rules."""
        for rule in self.rules:
            rule(aggregate, actor)
        # The roles come last, since the errors of the rules say more.
        has_role = not self.roles or actor.is_system or actor.has(*self.roles)
        is_local = actor.station == aggregate.station_id
        if not (has_role and is_local and actor.may_act_for_subject):
            raise Forbidden


def action(
    *rules: Callable[[T, Actor], None],
    name: str = "",
    roles: frozenset[Role] = frozenset(),
    depends_on: tuple[type[Problem], ...] = (),
) -> Callable[[Callable[Concatenate[T, Actor, P], R]], Callable[Concatenate[T, Actor, P], R]]:
    """Declare a method of an aggregate as an action that is checked first, rule by rule.

    `name` is the method's unless a column has that name; the rest is as in `Action`.
    """

    def declare(
        method: Callable[Concatenate[T, Actor, P], R],
    ) -> Callable[Concatenate[T, Actor, P], R]:
        declared = Action(name or method.__name__, rules, roles, depends_on)

        @functools.wraps(method)
        def checked(self: T, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            declared.check(self, actor)
            return method(self, actor, *args, **kwargs)

        checked.action = declared  # type: ignore[attr-defined]
        return checked

    return declare


def only_in(*states: StrEnum, error: type[Problem]) -> Rule:
    """Make the rule that the aggregate is in one of these states."""
    return only_if(lambda aggregate, _: aggregate.state in states, error=error)


def never_in(*states: StrEnum, error: type[Problem]) -> Rule:
    """Make the rule that the aggregate is in none of these states."""
    return only_if(lambda aggregate, _: aggregate.state not in states, error=error)


def only_if(
    condition: Callable[[T, Actor], bool], *, error: type[Problem]
) -> Callable[[T, Actor], None]:
    """Make the rule that the condition is true of the aggregate and the actor."""

    def rule(aggregate: T, actor: Actor) -> None:
        if not condition(aggregate, actor):
            raise error

    return rule


class Aggregate:
    """The columns of every aggregate root, whose rows are locked and versioned as one.

    `plural` names the aggregate in subjects and paths: `wishes/0190…`.
    """

    plural: ClassVar[str]
    actions: ClassVar[Mapping[str, Action]] = {}

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(TimestampTZ)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Collect the actions that the class declares."""
        methods = (value for value in vars(cls).values() if isinstance(value, FunctionType))
        declared = (getattr(method, "action", None) for method in methods)
        cls.actions = {**cls.actions, **{one.name: one for one in declared if one is not None}}
        super().__init_subclass__(**kwargs)

    @property
    def subject(self) -> str:
        """The subject of messages about it, and their ordering key."""
        return f"{self.plural}/{self.id}"

    @functools.cached_property
    def pending(self) -> list[Contract]:
        """The messages that its changes have made and `save` has yet to record."""
        return []

    @property
    def has_pending(self) -> bool:
        """Whether messages wait for `save`."""
        return bool(vars(self).get("pending"))

    @classmethod
    def new(cls: type[T], station: UUID, **values: Any) -> T:
        """Make one of that station, with an id and the time; named constructors build on it."""
        aggregate = cls(**values)
        aggregate.id, aggregate.station_id, aggregate.created_at = new_id(), station, clock.now()
        return aggregate

    def check_action(self, name: str, actor: Actor) -> None:
        """Check that the actor can take the action now. Raises: as the action itself."""
        self.actions[name].check(self, actor)

    def allowed_actions(self, actor: Actor) -> frozenset[str]:
        """Return the names of the actions that the actor can take as the aggregate stands."""
        return frozenset(name for name in self.actions if self._allows(name, actor))

    def _allows(self, name: str, actor: Actor) -> bool:
        try:
            self.check_action(name, actor)
        except Problem:
            return False
        return True


def in_choices(column: str, choices: Iterable[str]) -> str:
    """Return the SQL condition that a column has one of these values, for a constraint."""
    values = ", ".join(f"'{choice}'" for choice in choices)
    return f"{column} IN ({values})"


def choice_check(column: str, choices: Iterable[str]) -> CheckConstraint:
    """Make the CHECK that a column has one of these values; NULL passes."""
    return CheckConstraint(in_choices(column, choices), name=column)


def state_check(state: type[StrEnum]) -> CheckConstraint:
    """Make the CHECK that the column `state` has a state of the enum."""
    return choice_check("state", state)


async def load(tx: AsyncSession, model: type[T], id_: UUID, *, station: UUID) -> T:
    """Load the aggregate with that id in that station. Raises: NotFound."""
    return await _one(tx, _by_id(model, id_, station))


async def load_for_update(tx: AsyncSession, model: type[T], id_: UUID, *, station: UUID) -> T:
    """Load the aggregate as it is now and lock it for this transaction. Raises: NotFound."""
    locked = _by_id(model, id_, station).with_for_update()
    return await _one(tx, locked.execution_options(populate_existing=True))


async def lock_due(
    tx: AsyncSession, model: type[T], *due: ColumnElement[bool], limit: int
) -> Sequence[T]:
    """Load and lock aggregates of every station for which `due` holds, oldest first.

    Those that other transactions have locked are left for the next run of the job.
    """
    statement = select(model).where(*due).order_by(model.id).limit(limit)
    locked = statement.with_for_update(skip_locked=True)
    return (await tx.scalars(locked.execution_options(populate_existing=True))).all()


async def flush_or_conflict(
    tx: AsyncSession, row: DeclarativeBase, conflict: type[Conflict]
) -> None:
    """Flush the new or changed row; raise `conflict` where a unique constraint refuses it."""
    tx.add(row)
    try:
        await tx.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise conflict from None


def _by_id(model: type[T], id_: UUID, station: UUID) -> Select[T]:
    return select(model).where(model.id == id_, model.station_id == station)


async def _one(tx: AsyncSession, statement: Select[T]) -> T:
    aggregate = await tx.scalar(statement)
    if aggregate is None:
        raise NotFound
    return aggregate
