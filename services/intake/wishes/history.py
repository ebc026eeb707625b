"""The history of wishes: a row for every change of a wish's state."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Uuid, inspect
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.wishes.models import Wish
from shared import clock
from shared.auth import NOBODY, Actor, Role
from shared.db import TimestampTZ
from shared.observability.context import correlation_id

ActorKind = Literal["resident", "volunteer", "partner", "desk", "system"]


class WishTransition(Base):
    """A change of a wish's state: by whom, for whom, when, and with which note.

    `correlation_id` is the request's; timed jobs and rows of earlier releases have none.
    """

    __tablename__ = "wish_steps"
    __table_args__ = (
        CheckConstraint(
            "hand IN ('resident', 'volunteer', 'partner', 'desk', 'system')", name="hand"
        ),
    )

    wish_id: Mapped[UUID] = mapped_column(ForeignKey("wishes.id"), primary_key=True)
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

    @classmethod
    def of(cls, wish: Wish, actor: Actor, note: str | None = None) -> Self:
        """Build the row of the pending change; the caller sets `version` after the flush."""
        old_states = inspect(wish).attrs.state.history.deleted
        return cls(
            wish_id=wish.id,
            station_id=wish.station_id,
            at=clock.now(),
            hand=actor_kind(wish, actor),
            person=actor.person,
            on_behalf_of=actor.on_behalf_of,
            from_state=old_states[0] if old_states else None,
            to_state=wish.state,
            note=note,
            correlation_id=correlation_id.get(),
        )


def actor_kind(wish: Wish, actor: Actor) -> ActorKind:
    """Return in which capacity `actor` changes `wish`."""
    if actor.person == NOBODY:
        return "system"
    if actor.is_staff:
        return "desk"
    if actor.has(Role.PARTNER):
        return "partner"
    return "resident" if actor.person == wish.resident_id else "volunteer"
