"""Aggregates: their columns, the actions they allow, the messages they have to record."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import FunctionType
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Select, Uuid, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from shared import clock
from shared.auth import Actor
from shared.contracts.envelope import Contract
from shared.db import TimestampTZ
from shared.errors import Conflict, NotFound, Problem
from shared.ids import new_id

UNIQUE_VIOLATION = "23505"
T = TypeVar("T", bound="Aggregate")
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Action:
    """What an actor can do to an aggregate.

    `check` raises the Problem that keeps an actor from it as the aggregate stands. `depends_on`
    are the errors by which it can still be refused: what other rows or its arguments say.
    """

    name: str
    check: Callable[[Any, Actor], None]
    depends_on: tuple[type[Problem], ...]


def action(
    check: Callable[[T, Actor], None], *, depends_on: tuple[type[Problem], ...] = ()
) -> Callable[[Callable[Concatenate[T, Actor, P], R]], Callable[Concatenate[T, Actor, P], R]]:
    """Declare a method of an aggregate as an action that runs `check` first."""

    def declare(
        method: Callable[Concatenate[T, Actor, P], R],
    ) -> Callable[Concatenate[T, Actor, P], R]:
        @functools.wraps(method)
        def checked(self: T, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check(self, actor)
            return method(self, actor, *args, **kwargs)

        checked.action = Action(method.__name__, check, depends_on)  # type: ignore[attr-defined]
        return checked

    return declare


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

    @property
    def pending(self) -> list[Contract]:
        """The messages that its changes have made and `save` has yet to record."""
        # Rows that the database loads are made without `__init__`.
        if not hasattr(self, "_pending"):
            self._pending: list[Contract] = []
        return self._pending

    @classmethod
    def new(cls: type[T], station: UUID, **values: Any) -> T:
        """Make one of that station, with an id and the time; named constructors build on it."""
        aggregate = cls(**values)
        aggregate.id, aggregate.station_id, aggregate.created_at = new_id(), station, clock.now()
        return aggregate

    def allowed_actions(self, actor: Actor) -> frozenset[str]:
        """Return the names of the actions that the actor can take as the aggregate stands."""
        return frozenset(name for name, one in self.actions.items() if self._allows(one, actor))

    def _allows(self, one: Action, actor: Actor) -> bool:
        try:
            one.check(self, actor)
        except Problem:
            return False
        return True


def choice_check(column: str, choices: Iterable[str]) -> CheckConstraint:
    """Make the CHECK that a column holds one of these values; None is no value."""
    values = ", ".join(f"'{choice}'" for choice in choices)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def state_check(state: type[StrEnum]) -> CheckConstraint:
    """Make the CHECK that the column `state` holds a state of the enum."""
    return choice_check("state", state)


async def load(tx: AsyncSession, model: type[T], id_: UUID, *, station: UUID) -> T:
    """Load the aggregate with that id in that station. Raises: NotFound."""
    return await _one(tx, _by_id(model, id_, station))


async def load_for_update(tx: AsyncSession, model: type[T], id_: UUID, *, station: UUID) -> T:
    """Load the aggregate as it is now and lock it for this transaction. Raises: NotFound."""
    locked = _by_id(model, id_, station).with_for_update()
    return await _one(tx, locked.execution_options(populate_existing=True))


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
