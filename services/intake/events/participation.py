"""A resident's participation in an event, from joining to attendance."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.events import errors
from services.intake.events.models import CHECK_IN_OPENS_BEFORE, CHECK_OUT_GRACE, Event
from shared import clock
from shared.aggregate import Aggregate
from shared.db import TimestampTZ
from shared.errors import Invalid
from shared.language import N_


class ParticipationState(StrEnum):
    """The states of a participation."""

    JOINED = "joined"
    PRESENT = "present"
    ATTENDED = "attended"
    MISSED = "missed"
    LEFT = "left"
    CANCELLED = "cancelled"


# The states in which a participation occupies a place.
PLACE_HOLDING_STATES = (
    ParticipationState.JOINED,
    ParticipationState.PRESENT,
    ParticipationState.ATTENDED,
    ParticipationState.MISSED,
)
ACTIVE_STATES = (ParticipationState.JOINED, ParticipationState.PRESENT)


class Participation(Aggregate, Base):
    """A resident's place in an event; joining anew after leaving reuses the row."""

    __tablename__ = "participations"
    __table_args__ = (
        UniqueConstraint("event_id", "resident_id"),
        CheckConstraint("role IN ('helper', 'guest')", name="role"),
        CheckConstraint(
            "state IN ('joined', 'present', 'attended', 'missed', 'left', 'cancelled')",
            name="state",
        ),
        CheckConstraint(
            "(state = 'attended') = (minutes IS NOT NULL)"
            " AND (state IN ('present', 'attended')) = (checked_in_at IS NOT NULL)",
            name="attendance",
        ),
        CheckConstraint("minutes >= 0", name="minutes"),
        Index(None, "resident_id", "state"),
    )
    plural = "participations"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id"))
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("residents.id"))
    role: Mapped[str]
    state: Mapped[str]
    joined_at: Mapped[datetime] = mapped_column(TimestampTZ)
    checked_in_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    checked_out_at: Mapped[datetime | None] = mapped_column(TimestampTZ)
    minutes: Mapped[int | None]

    def leave(self) -> None:
        """Give the place back. Raises: NotJoined, AlreadyCheckedIn."""
        if self.state in (ParticipationState.PRESENT, ParticipationState.ATTENDED):
            raise errors.AlreadyCheckedIn
        if self.state != ParticipationState.JOINED:
            raise errors.NotJoined
        self.state = ParticipationState.LEFT.value

    def check_in(self, event: Event) -> bool:
        """Record the arrival; a repeat changes nothing and returns False.

        Raises: NotJoined, NotPublished, CheckInNotOpen, EventOver.
        """
        if self.state in (ParticipationState.PRESENT, ParticipationState.ATTENDED):
            return False
        if self.state != ParticipationState.JOINED:
            raise errors.NotJoined
        event.check_open_for_check_in()
        self.state = ParticipationState.PRESENT.value
        self.checked_in_at = clock.now()
        return True

    def check_out(self, event: Event, minutes: int | None = None) -> bool:
        """Record the departure; a repeat changes nothing and returns False.

        `minutes` are from a paper list, which also corrects a `missed` participation. Raises:
        NotJoined, NotCheckedIn, NotPublished, NotStarted, LateEntryClosed, Invalid.
        """
        if self.state == ParticipationState.ATTENDED:
            return False
        if self.state not in (*ACTIVE_STATES, ParticipationState.MISSED):
            raise errors.NotJoined
        now = clock.now()
        if minutes is not None:
            event.check_late_entry()
            _check_minutes(event, minutes)
            self.checked_in_at = self.checked_in_at or event.starts_at
        elif self.checked_in_at is None:
            raise errors.NotCheckedIn(errors.NotCheckedIn.hint)
        else:
            event.check_published()
            until = min(now, event.ends_at + CHECK_OUT_GRACE)
            minutes = max(0, (until - self.checked_in_at) // timedelta(minutes=1))
        self.state = ParticipationState.ATTENDED.value
        self.minutes = minutes
        self.checked_out_at = now
        return True

    def undo_check_in(self, event: Event) -> None:
        """Undo a mistaken check-in. Raises: NotPresent, NotPublished."""
        event.check_published()
        if self.state != ParticipationState.PRESENT:
            raise errors.NotPresent
        self.state = ParticipationState.JOINED.value
        self.checked_in_at = None


def _check_minutes(event: Event, minutes: int) -> None:
    """Check `minutes` against the time since check-in opened, check-out grace included."""
    until = min(clock.now(), event.ends_at + CHECK_OUT_GRACE)
    if minutes > (until - event.starts_at + CHECK_IN_OPENS_BEFORE) // timedelta(minutes=1):
        raise Invalid(errors={"minutes": N_("That is longer than the event lasted")})
