"""The community event and its state machine."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.events import errors
from shared import clock
from shared.aggregate import Aggregate
from shared.auth import Actor
from shared.contracts.events import EventKind, EventRole
from shared.db import TimestampTZ
from shared.errors import Conflict, Invalid
from shared.language import N_

MAX_PLACES = 500
MAX_DURATION = timedelta(days=3)
CHECK_IN_OPENS_BEFORE = timedelta(minutes=30)
CHECK_OUT_GRACE = timedelta(hours=1)
# How long after an event's end a paper list can be entered.
LATE_ENTRY_WINDOW = timedelta(days=30)


class EventState(StrEnum):
    """The states of an event."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


# Only the desk sees events that were never published.
STAFF_ONLY_STATES = (EventState.DRAFT, EventState.DROPPED)


@dataclass(frozen=True, kw_only=True)
class EventFields:
    """Editable fields of an event: aware times of whole minutes, places in numbers of people."""

    kind: EventKind
    title: str
    summary: str
    place: str
    starts_at: datetime
    ends_at: datetime
    helper_places: int
    guest_places: int
    partner_id: UUID | None = None

    def __post_init__(self) -> None:
        """Cut the times to the minute, which is what people see and enter."""
        for name in ("starts_at", "ends_at"):
            object.__setattr__(self, name, getattr(self, name).replace(second=0, microsecond=0))

    def check(self) -> None:
        """Check the fields against each other. Raises: Invalid, with the errors by field."""
        field_errors = {}
        if self.ends_at <= self.starts_at:
            field_errors["ends_at"] = N_("It must end after it starts")
        elif self.ends_at - self.starts_at > MAX_DURATION:
            field_errors["ends_at"] = N_("An event lasts three days at most")
        if self.helper_places + self.guest_places == 0:
            field_errors["guest_places"] = N_("There must be a place for somebody")
        if field_errors:
            raise Invalid(errors=field_errors)


# People plan with these fields, so that publishing fixes them.
FIXED_ONCE_PUBLISHED = ("kind", "title", "place", "starts_at", "ends_at")
EDITABLE = ("summary", "helper_places", "guest_places", "partner_id")


class Event(Aggregate, Base):
    """A community event; `helpers` and `guests` count the occupied places.

    Joining leaves the version alone, since the version guards only what staff edit.
    """

    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft', 'published', 'closed', 'cancelled', 'dropped')", name="state"
        ),
        CheckConstraint("helpers BETWEEN 0 AND helper_places", name="helpers"),
        CheckConstraint("guests BETWEEN 0 AND guest_places", name="guests"),
        CheckConstraint("helper_places + guest_places > 0", name="places"),
        CheckConstraint("starts_at < ends_at", name="times"),
        Index(None, "station_id", "starts_at", "id"),
        Index(None, "ends_at", postgresql_where="state = 'published'"),
    )
    plural = "events"

    kind: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str]
    place: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(TimestampTZ)
    ends_at: Mapped[datetime] = mapped_column(TimestampTZ)
    time_zone: Mapped[str]
    helper_places: Mapped[int]
    guest_places: Mapped[int]
    helpers: Mapped[int]
    guests: Mapped[int]
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[str]
    reason: Mapped[str | None]
    result: Mapped[str | None]

    @classmethod
    def draft(cls, station: UUID, time_zone: str, fields: EventFields) -> Self:
        """Create a draft, which only the desk sees. Raises: Invalid."""
        fields.check()
        return cls.new(
            station,
            **vars(fields),
            time_zone=time_zone,
            helpers=0,
            guests=0,
            state=EventState.DRAFT.value,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The station's time zone when the event was created."""
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime:
        """The start in the station's time zone."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        """The end in the station's time zone."""
        return self.ends_at.astimezone(self.zone)

    @property
    def has_started(self) -> bool:
        """Whether the start has passed."""
        return self.starts_at <= clock.now()

    @property
    def has_ended(self) -> bool:
        """Whether the end has passed."""
        return self.ends_at <= clock.now()

    def places(self, role: EventRole) -> int:
        """Return how many places the role has."""
        return self.helper_places if role == "helper" else self.guest_places

    def occupied_places(self, role: EventRole) -> int:
        """Return how many places of the role are occupied."""
        return self.helpers if role == "helper" else self.guests

    def visible_to(self, actor: Actor | None) -> bool:
        """Return whether the reader, who is None if anonymous, may know of the event."""
        return self.state not in STAFF_ONLY_STATES or (actor is not None and actor.is_staff)

    def edit(self, fields: EventFields) -> None:
        """Change what may still change. Raises: Invalid, NotPublished, FixedOncePublished."""
        if self.state not in (EventState.DRAFT, EventState.PUBLISHED):
            raise errors.NotPublished
        fields.check()
        names = (*FIXED_ONCE_PUBLISHED, *EDITABLE)
        changed = [name for name in names if getattr(fields, name) != getattr(self, name)]
        if self.state == EventState.PUBLISHED and set(changed) & set(FIXED_ONCE_PUBLISHED):
            raise errors.FixedOncePublished(errors.FixedOncePublished.hint)
        self._check_capacity(fields)
        for name in changed:
            setattr(self, name, getattr(fields, name))

    def publish(self) -> None:
        """Show the event and let people join. Raises: NotADraft, AlreadyStarted."""
        self._require(EventState.DRAFT, errors.NotADraft)
        if self.has_started:
            raise errors.AlreadyStarted
        self.state = EventState.PUBLISHED.value

    def check_joinable(self, role: EventRole, requested_at: datetime) -> None:
        """Check for a join at that time. Raises: NotPublished, EventOver, NoSuchPlaces, Full."""
        self._require(EventState.PUBLISHED, errors.NotPublished)
        if self.ends_at <= requested_at:
            raise errors.EventOver
        if not self.places(role):
            raise errors.NoSuchPlaces(errors={"role": errors.NoSuchPlaces.title})
        if self.occupied_places(role) >= self.places(role):
            raise errors.Full

    def check_leavable(self) -> None:
        """Check that participants may still leave. Raises: NotPublished, EventOver."""
        self._require(EventState.PUBLISHED, errors.NotPublished)
        if self.has_ended:
            raise errors.EventOver

    def check_open_for_check_in(self) -> None:
        """Check that check-in is open. Raises: NotPublished, CheckInNotOpen, EventOver."""
        self._require(EventState.PUBLISHED, errors.NotPublished)
        opens = self.starts_at - CHECK_IN_OPENS_BEFORE
        if clock.now() < opens:
            raise errors.CheckInNotOpen(time=f"{opens.astimezone(self.zone):%H:%M}")
        if self.has_ended:
            raise errors.EventOver

    def check_published(self) -> None:
        """Check that the event is published and not closed yet. Raises: NotPublished."""
        self._require(EventState.PUBLISHED, errors.NotPublished)

    def check_late_entry(self) -> None:
        """Check that a paper list can be entered: from the start until 30 days after the end.

        Raises: NotPublished, NotStarted, LateEntryClosed.
        """
        if self.state not in (EventState.PUBLISHED, EventState.CLOSED):
            raise errors.NotPublished
        if not self.has_started:
            raise errors.NotStarted
        if clock.now() > self.ends_at + LATE_ENTRY_WINDOW:
            raise errors.LateEntryClosed

    def close(self, result: str | None) -> None:
        """Close the event, with its result in words. Raises: NotPublished, NotStarted."""
        self._require(EventState.PUBLISHED, errors.NotPublished)
        if not self.has_started:
            raise errors.NotStarted(errors.NotStarted.hint)
        self.state = EventState.CLOSED.value
        self.result = result

    def cancel(self, reason: str) -> None:
        """Cancel the event, or drop the draft. Raises: NotPublished, EventOver."""
        if self.state == EventState.DRAFT:
            self.state = EventState.DROPPED.value
        else:
            self._require(EventState.PUBLISHED, errors.NotPublished)
            if self.has_ended:
                raise errors.EventOver
            self.state = EventState.CANCELLED.value
        self.reason = reason

    def _require(self, state: EventState, error: type[Conflict]) -> None:
        if self.state != state:
            raise error

    def _check_capacity(self, fields: EventFields) -> None:
        field_errors = {}
        for role, places in (("helper", fields.helper_places), ("guest", fields.guest_places)):
            if places < self.occupied_places(role):  # type: ignore[arg-type]
                field_errors[f"{role}_places"] = N_("More places than that are taken already")
        if field_errors:
            raise Invalid(errors=field_errors)
