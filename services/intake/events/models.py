"""The community event and its state machine."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.delegation import require_resident
from services.intake.events import errors
from services.intake.events.policies import POLICIES
from shared import clock
from shared.aggregate import Aggregate, Rule, action, only_if, only_in, state_check
from shared.auth import Actor, Role
from shared.contracts.events import (
    EventCancelled,
    EventKind,
    EventMessage,
    EventPublished,
    EventRole,
)
from shared.db import TimestampTZ
from shared.errors import Invalid, NotFound, PreconditionFailed
from shared.language import N_
from shared.policies import PUBLISHERS
from shared.text_validation import Moment, OneLine

MAX_PLACES = 500
MAX_DURATION = timedelta(days=3)
CHECK_IN_OPENS_BEFORE = timedelta(minutes=30)
CHECK_OUT_GRACE = timedelta(hours=1)
# How long after an event's end a paper list can be entered.
LATE_ENTRY_WINDOW = timedelta(days=30)
# Residents take places for themselves; the desk and partners' machines do so for residents.
PARTICIPANTS = POLICIES["events.join"] | PUBLISHERS

Title = Annotated[str, StringConstraints(min_length=2, max_length=60), OneLine]
Summary = Annotated[str, StringConstraints(max_length=2000)]
Place = Annotated[str, StringConstraints(min_length=1, max_length=100), OneLine]
Places = Annotated[int, Field(strict=True, ge=0, le=MAX_PLACES)]
# People see and enter whole minutes.
WholeMinute = Annotated[
    Moment, AfterValidator(lambda moment: moment.replace(second=0, microsecond=0))
]


class EventState(StrEnum):
    """The states of an event."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


# Only the desk sees events that were never published.
STAFF_ONLY_STATES = (EventState.DRAFT, EventState.DROPPED)


def is_for_resident(_: Any, actor: Actor) -> None:
    """Check that the actor acts for a resident. Raises: CannotActOnBehalf, Invalid."""
    require_resident(actor)


IS_PUBLISHED = only_in(EventState.PUBLISHED, error=errors.NotPublished)
IS_PENDING = only_in(EventState.DRAFT, EventState.PUBLISHED, error=errors.NotPublished)
IS_NOT_OVER: Rule = only_if(lambda event, _: not event.has_ended, error=errors.EventOver)
# A partner's message may come late: what counts is when the resident asked.
ACCEPTS_REQUESTS: Rule = only_if(
    lambda event, actor: not event.has_ended or actor.has(Role.PUBLISHER), error=errors.EventOver
)
ACCEPTS_LATE_ENTRY: tuple[Rule, ...] = (
    only_in(EventState.PUBLISHED, EventState.CLOSED, error=errors.NotPublished),
    only_if(lambda event, _: event.has_started, error=errors.NotStarted),
    only_if(
        lambda event, _: clock.now() <= event.ends_at + LATE_ENTRY_WINDOW,
        error=errors.LateEntryClosed,
    ),
)


class EventFields(BaseModel):
    """Editable fields of an event; places are numbers of people."""

    model_config = ConfigDict(frozen=True)

    kind: EventKind
    title: Title
    summary: Summary = ""
    place: Place
    starts_at: WholeMinute
    ends_at: WholeMinute
    helper_places: Places = 0
    guest_places: Places = 0
    partner_id: UUID | None = None

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


class Event(Aggregate, Base):
    """A community event; `helpers` and `guests` count the occupied places.

    Joining leaves the version alone, since the version guards only what staff edit.
    """

    __tablename__ = "events"
    __table_args__ = (
        state_check(EventState),
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
            **dict(fields),
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

    @action(
        IS_PENDING,
        roles=POLICIES["events.write"],
        depends_on=(PreconditionFailed, Invalid, errors.FixedOncePublished),
    )
    def edit(self, _: Actor, fields: EventFields) -> None:
        """Change what may still change. Raises: NotPublished, Invalid, FixedOncePublished."""
        fields.check()
        changes = {name: new for name, new in fields if new != getattr(self, name)}
        if self.state == EventState.PUBLISHED and changes.keys() & FIXED_ONCE_PUBLISHED:
            raise errors.FixedOncePublished
        occupied = {"helper_places": self.helpers, "guest_places": self.guests}
        too_few = [name for name, count in occupied.items() if getattr(fields, name) < count]
        if too_few:
            raise Invalid(
                errors=dict.fromkeys(too_few, N_("More places than that are taken already"))
            )
        for name, new in changes.items():
            setattr(self, name, new)

    @action(
        only_in(EventState.DRAFT, error=errors.NotADraft),
        only_if(lambda event, _: not event.has_started, error=errors.AlreadyStarted),
        roles=POLICIES["events.write"],
    )
    def publish(self, _: Actor) -> None:
        """Show the event and let people join. Raises: NotADraft, AlreadyStarted."""
        self.state = EventState.PUBLISHED.value
        self.announce(EventPublished)

    @action(
        is_for_resident,
        IS_PUBLISHED,
        ACCEPTS_REQUESTS,
        roles=PARTICIPANTS,
        depends_on=(
            NotFound,
            errors.EventOver,
            errors.NoSuchPlaces,
            errors.Full,
            errors.AlreadyJoined,
            errors.Overlaps,
        ),
    )
    def join(self, _: Actor, role: EventRole, requested_at: datetime) -> None:
        """Check for a free place that was asked for at that time; a statement takes the place.

        Raises: NotPublished, EventOver, NoSuchPlaces, Full.
        """
        if self.ends_at <= requested_at:
            raise errors.EventOver
        if not self.places(role):
            raise errors.NoSuchPlaces(errors={"role": errors.NoSuchPlaces.title})
        if self.occupied_places(role) >= self.places(role):
            raise errors.Full

    @action(
        IS_PUBLISHED,
        only_if(lambda event, _: event.has_started, error=errors.ClosedTooEarly),
        roles=POLICIES["events.write"],
    )
    def close(self, _: Actor, result: str | None) -> None:
        """Close the event, with its result in words. Raises: NotPublished, ClosedTooEarly."""
        self.state = EventState.CLOSED.value
        self.result = result

    @action(
        IS_PENDING,
        only_if(
            lambda event, _: event.state == EventState.DRAFT or not event.has_ended,
            error=errors.EventOver,
        ),
        roles=POLICIES["events.write"],
        depends_on=(errors.HasAttendance,),
    )
    def cancel(self, _: Actor, reason: str) -> None:
        """Cancel the event, or drop the draft unannounced. Raises: NotPublished, EventOver."""
        is_draft = self.state == EventState.DRAFT
        self.state = (EventState.DROPPED if is_draft else EventState.CANCELLED).value
        self.reason = reason
        if not is_draft:
            self.announce(EventCancelled)

    def announce(self, message: type[EventMessage], **fields: object) -> None:
        """Append a message about the event to those that `save` records."""
        self.pending.append(message.model_validate({**self.projection(), **fields}))

    def projection(self) -> dict[str, object]:
        """Return the fields that every message about the event has."""
        return {
            "event_id": self.id,
            "kind": self.kind,
            "title": self.title,
            "place": self.place,
            "starts_at": self.local_start,
            "ends_at": self.local_end,
        }
