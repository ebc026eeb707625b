"""A resident's participation in an event, from joining to attendance."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.intake.base import Base
from services.intake.events import errors
from services.intake.events.models import (
    ACCEPTS_LATE_ENTRY,
    CHECK_IN_OPENS_BEFORE,
    CHECK_OUT_GRACE,
    IS_NOT_OVER,
    IS_PUBLISHED,
    PARTICIPANTS,
    Event,
    is_for_resident,
)
from services.intake.events.policies import POLICIES
from shared import clock
from shared.aggregate import (
    Aggregate,
    Rule,
    action,
    choice_check,
    in_choices,
    never_in,
    only_if,
    only_in,
    state_check,
)
from shared.auth import Actor
from shared.contracts.events import EventAttended, EventLeft, EventRole, ParticipationMessage
from shared.db import TimestampTZ
from shared.errors import Forbidden, Invalid
from shared.language import N_
from shared.policies import PUBLISHERS

# An attendance is recorded only once, so that its revision is always the first.
FIRST_REVISION = 1


class ParticipationState(StrEnum):
    """The states of a participation."""

    JOINED = "joined"
    PRESENT = "present"
    ATTENDED = "attended"
    MISSED = "missed"
    LEFT = "left"
    CANCELLED = "cancelled"


ACTIVE_STATES = (ParticipationState.JOINED, ParticipationState.PRESENT)
CHECKED_IN_STATES = (ParticipationState.PRESENT, ParticipationState.ATTENDED)
# The states in which a participation occupies a place.
PLACE_HOLDING_STATES = (*ACTIVE_STATES, ParticipationState.ATTENDED, ParticipationState.MISSED)

# The desk records who was there; partners' machines report it.
ATTENDANCE_RECORDERS = POLICIES["events.attend"] | PUBLISHERS


def _of_event(*rules: Rule) -> Rule:
    """Make the rule that the rules of events hold for the event of the participation."""

    def check(participation: "Participation", actor: Actor) -> None:
        for rule in rules:
            rule(participation.event, actor)

    return check


IS_EXPECTED = (
    never_in(*CHECKED_IN_STATES, error=errors.AlreadyCheckedIn),
    only_in(ParticipationState.JOINED, error=errors.NotJoined),
)
IS_ATTENDING = (
    never_in(ParticipationState.ATTENDED, error=errors.AlreadyCheckedIn),
    only_in(*ACTIVE_STATES, ParticipationState.MISSED, error=errors.NotJoined),
)


class Participation(Aggregate, Base):
    """A resident's place in an event; joining anew after leaving reuses the row."""

    __tablename__ = "participations"
    __table_args__ = (
        UniqueConstraint("event_id", "resident_id"),
        choice_check("role", get_args(EventRole)),
        state_check(ParticipationState),
        CheckConstraint(
            "(state = 'attended') = (minutes IS NOT NULL)"
            f" AND ({in_choices('state', CHECKED_IN_STATES)}) = (checked_in_at IS NOT NULL)",
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
    # The event is loaded before its participations, which find it in the session.
    event: Mapped[Event] = relationship(lazy="raise_on_sql")

    def is_of(self, actor: Actor) -> bool:
        """Return whether it is the actor's, or of the resident for whom the actor acts."""
        return self.resident_id == actor.subject_id

    @action(
        is_for_resident,
        only_if(is_of, error=Forbidden),
        _of_event(IS_PUBLISHED, IS_NOT_OVER),
        *IS_EXPECTED,
        roles=PARTICIPANTS,
    )
    def leave(self, _: Actor) -> None:
        """Give the place back. Raises: NotPublished, EventOver, AlreadyCheckedIn, NotJoined."""
        self.state = ParticipationState.LEFT.value
        self.announce(EventLeft, reason="left")

    @action(
        *IS_EXPECTED,
        _of_event(IS_PUBLISHED, IS_NOT_OVER),
        roles=POLICIES["events.attend"],
        depends_on=(errors.CheckInNotOpen,),
    )
    def check_in(self, _: Actor) -> None:
        """Record the arrival.

        Raises: AlreadyCheckedIn, NotJoined, NotPublished, EventOver, CheckInNotOpen.
        """
        opens = self.event.starts_at - CHECK_IN_OPENS_BEFORE
        if clock.now() < opens:
            raise errors.CheckInNotOpen(time=f"{opens.astimezone(self.event.zone):%H:%M}")
        self.state = ParticipationState.PRESENT.value
        self.checked_in_at = clock.now()

    @action(
        *IS_ATTENDING,
        only_in(ParticipationState.PRESENT, error=errors.NotCheckedIn),
        _of_event(IS_PUBLISHED),
        roles=ATTENDANCE_RECORDERS,
    )
    def check_out(self, _: Actor) -> None:
        """Record the departure. Raises: AlreadyCheckedIn, NotJoined, NotCheckedIn, NotPublished."""
        self._complete(max(0, self._minutes_since(self.checked_in_at or clock.now())))

    @action(
        *IS_ATTENDING,
        _of_event(*ACCEPTS_LATE_ENTRY),
        roles=ATTENDANCE_RECORDERS,
        depends_on=(Invalid,),
    )
    def enter_minutes(self, _: Actor, minutes: int) -> None:
        """Record the minutes of a paper list, which also corrects a `missed` participation.

        Raises: AlreadyCheckedIn, NotJoined, NotPublished, NotStarted, LateEntryClosed, Invalid.
        """
        if minutes > self._minutes_since(self.event.starts_at - CHECK_IN_OPENS_BEFORE):
            raise Invalid(errors={"minutes": N_("That is longer than the event lasted")})
        self.checked_in_at = self.checked_in_at or self.event.starts_at
        self._complete(minutes)

    @action(
        _of_event(IS_PUBLISHED),
        only_in(ParticipationState.PRESENT, error=errors.NotPresent),
        roles=POLICIES["events.attend"],
    )
    def undo_check_in(self, _: Actor) -> None:
        """Undo a mistaken check-in. Raises: NotPublished, NotPresent."""
        self.state = ParticipationState.JOINED.value
        self.checked_in_at = None

    def announce(self, message: type[ParticipationMessage], **fields: object) -> None:
        """Append a message about the participation to those that `save` records."""
        own = {"participation_id": self.id, "resident_id": self.resident_id, "role": self.role}
        content = {**self.event.projection(), **own, **fields}
        self.pending.append(message.model_validate(content))

    def announce_attendance(self) -> None:
        """Append the message that the resident was there, for which there are points."""
        self.announce(EventAttended, minutes=self.minutes, revision=FIRST_REVISION)

    def _complete(self, minutes: int) -> None:
        self.state = ParticipationState.ATTENDED.value
        self.minutes = minutes
        self.checked_out_at = clock.now()
        self.announce_attendance()

    def _minutes_since(self, start: datetime) -> int:
        """Return the whole minutes from `start` until now, or until an hour after the end."""
        until = min(clock.now(), self.event.ends_at + CHECK_OUT_GRACE)
        return (until - start) // timedelta(minutes=1)
