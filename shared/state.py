"""State transitions: saving changed aggregates with their history and their messages."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import Uuid, event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared import clock
from shared.aggregate import Aggregate
from shared.auth import NOBODY, Actor, Role
from shared.bus.outbox.record import OutgoingMessage, record_messages
from shared.db import TimestampTZ
from shared.observability.context import correlation_id

A = TypeVar("A", bound=Aggregate)


class UnsavedMessagesError(RuntimeError):
    """A change was about to be committed without its messages: `save` was not called."""


@event.listens_for(Session, "before_commit")
def _refuse_unsaved_messages(session: Session) -> None:
    unsaved = [one.subject for one in session if isinstance(one, Aggregate) and one.has_pending]
    if unsaved:
        raise UnsavedMessagesError(", ".join(unsaved))


class Transition:
    """The columns of one change of an aggregate's state, in a history table of its own.

    A history names its aggregate and the column that refers to it:
    `class WishTransition(Transition, Base, of=Wish, key="wish_id")`. `correlation_id` is the
    request's, None where time made the change.
    """

    histories: ClassVar[dict[type[Aggregate], type["Transition"]]] = {}
    aggregate_key: ClassVar[str]

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    station_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(TimestampTZ)
    hand: Mapped[str]
    person: Mapped[UUID] = mapped_column(Uuid)
    on_behalf_of: Mapped[UUID | None] = mapped_column(Uuid)
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    note: Mapped[str | None]
    correlation_id: Mapped[UUID | None] = mapped_column(Uuid)

    def __init_subclass__(cls, *, of: type[Aggregate], key: str, **kwargs: Any) -> None:
        """Register the history of an aggregate."""
        cls.aggregate_key = key
        Transition.histories[of] = cls
        event.listen(of.state, "set", _remember_state)  # type: ignore[attr-defined]
        super().__init_subclass__(**kwargs)

    @classmethod
    def actor_kind(cls, _aggregate: Any, actor: Actor) -> str:
        """Return what kind of actor makes the change; a history may tell residents apart."""
        if actor.person == NOBODY:
            return "system"
        if actor.is_staff:
            return "desk"
        if actor.has(Role.PARTNER):
            return "partner"
        return "volunteer" if actor.has(Role.VOLUNTEER) else "resident"


async def save(tx: AsyncSession, actor: Actor, aggregate: A, *, note: str | None = None) -> A:
    """Flush a new or changed aggregate, with the transition of its state and its messages.

    Returns the aggregate, at its new version. `note` is what the actor says of the change.
    """
    await _save(tx, [aggregate], lambda _: actor, note)
    return aggregate


async def save_all(tx: AsyncSession, aggregates: Sequence[Aggregate]) -> None:
    """Do the same for many, each changed by its station itself, with one statement a table."""
    await _save(tx, aggregates, lambda one: Actor.system(one.station_id), None)


async def _save(
    tx: AsyncSession,
    aggregates: Sequence[Aggregate],
    actor_of: Callable[[Aggregate], Actor],
    note: str | None,
) -> None:
    tx.add_all(aggregates)
    # The flush forgets the old states and sets the new versions.
    transitions = [_transition(one, actor_of(one), note) for one in aggregates]
    await tx.flush()
    for aggregate, transition in zip(aggregates, transitions, strict=True):
        if transition is not None:
            transition.version = aggregate.version
            tx.add(transition)
    if any(transitions):
        await tx.flush()
    await record_pending(tx, aggregates)


async def record_pending(tx: AsyncSession, aggregates: Sequence[Aggregate]) -> None:
    """Record the messages of aggregates that a statement has stored, at their present versions."""
    messages = [
        OutgoingMessage(one.subject, one.station_id, one.version, message)
        for one in aggregates
        for message in one.pending
    ]
    for one in aggregates:
        one.pending.clear()
    await record_messages(tx, messages)


def _transition(aggregate: Aggregate, actor: Actor, note: str | None) -> Transition | None:
    """Build the transition of a changed state; None for an unchanged one or without a history."""
    history = Transition.histories.get(type(aggregate))
    before = None if history is None else _take_old_state(aggregate)
    if history is None or before == aggregate.state:  # type: ignore[attr-defined]
        return None
    values: dict[str, Any] = {
        history.aggregate_key: aggregate.id,
        "station_id": aggregate.station_id,
        "at": clock.now(),
        "hand": history.actor_kind(aggregate, actor),
        "person": actor.person,
        "on_behalf_of": actor.on_behalf_of,
        "from_state": before,
        "to_state": aggregate.state,  # type: ignore[attr-defined]
        "note": note,
        "correlation_id": correlation_id.get(),
    }
    return history(**values)


def _remember_state(aggregate: Any, _new: str, old: Any, _initiator: object) -> None:
    """Remember the state that a change leaves: an autoflush before `save` would forget it."""
    if not hasattr(aggregate, "_old_state"):
        aggregate._old_state = old if isinstance(old, str) else None


def _take_old_state(aggregate: Any) -> str | None:
    """Return the state before the changes since the last `save`; the present one without any."""
    if not hasattr(aggregate, "_old_state"):
        return str(aggregate.state)
    old: str | None = aggregate._old_state
    del aggregate._old_state
    return old
