"""A community event with its places and the rules of its life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.base import Base
from services.intake.events import errors as refusals
from shared import clock
from shared.auth import Actor
from shared.contracts.events import EventKind, EventRole
from shared.db import Aggregate, Moment
from shared.errors import Conflict, Invalid
from shared.language import N_

MOST_PLACES = 500
LONGEST = timedelta(days=3)
DOORS = timedelta(minutes=30)
OVERTIME = timedelta(hours=1)
# How long after its end a list on paper can be entered.
ON_PAPER = timedelta(days=30)


class State(StrEnum):
    """Where an event is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


# What was never published is the desk's own.
UNSEEN = (State.DRAFT, State.DROPPED)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What an event is: times are aware and of whole minutes, places are numbers of people."""

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
        """Cut the times to the minute, which is what people see and write."""
        for name in ("starts_at", "ends_at"):
            object.__setattr__(self, name, getattr(self, name).replace(second=0, microsecond=0))

    def check(self) -> None:
        """Whether such an event can be; Invalid with what is wrong by field."""
        wrong = {}
        if self.ends_at <= self.starts_at:
            wrong["ends_at"] = N_("It must end after it starts")
        elif self.ends_at - self.starts_at > LONGEST:
            wrong["ends_at"] = N_("An event lasts three days at most")
        if self.helper_places + self.guest_places == 0:
            wrong["guest_places"] = N_("There must be a place for somebody")
        if wrong:
            raise Invalid(errors=wrong)


# What people have planned with once it is published.
ANNOUNCED = ("kind", "title", "place", "starts_at", "ends_at")
CHANGEABLE = ("summary", "helper_places", "guest_places", "partner_id")


class Event(Aggregate, Base):
    """A community event; `helpers` and `guests` count the places taken, which no edit does.

    Counting leaves the version alone: it guards what staff edit, and joining is no edit.
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
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
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
    def draft(cls, station: UUID, time_zone: str, details: Details) -> Self:
        """A new event, which nobody but the desk sees yet; Invalid."""
        details.check()
        return cls.new(
            station,
            **vars(details),
            time_zone=time_zone,
            helpers=0,
            guests=0,
            state=State.DRAFT.value,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the station whose calendar it stands in."""
        return ZoneInfo(self.time_zone)

    @property
    def local_start(self) -> datetime:
        """When it starts, by the station's calendar."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> datetime:
        """When it ends, by the station's calendar."""
        return self.ends_at.astimezone(self.zone)

    @property
    def has_begun(self) -> bool:
        """Whether its start has passed."""
        return self.starts_at <= clock.now()

    @property
    def has_ended(self) -> bool:
        """Whether its end has passed."""
        return self.ends_at <= clock.now()

    def places(self, role: EventRole) -> int:
        """How many places there are in that role."""
        return self.helper_places if role == "helper" else self.guest_places

    def taken(self, role: EventRole) -> int:
        """How many of them are taken."""
        return self.helpers if role == "helper" else self.guests

    def visible_to(self, actor: Actor | None) -> bool:
        """Whether a reader may know of it: what was never published is the desk's."""
        return self.state not in UNSEEN or (actor is not None and actor.at_desk)

    def edit(self, details: Details) -> None:
        """Change what may still change; Invalid, NotPublished, FixedOnceAnnounced."""
        if self.state not in (State.DRAFT, State.PUBLISHED):
            raise refusals.NotPublished
        details.check()
        names = (*ANNOUNCED, *CHANGEABLE)
        changed = [name for name in names if getattr(details, name) != getattr(self, name)]
        if self.state == State.PUBLISHED and set(changed) & set(ANNOUNCED):
            raise refusals.FixedOnceAnnounced(refusals.FixedOnceAnnounced.hint)
        self._check_taken(details)
        for name in changed:
            setattr(self, name, getattr(details, name))

    def publish(self) -> None:
        """Show it and let people join; NotADraft, AlreadyBegun."""
        self._require(State.DRAFT, refusals.NotADraft)
        if self.has_begun:
            raise refusals.AlreadyBegun
        self.state = State.PUBLISHED.value

    def check_joinable(self, role: EventRole, at: datetime) -> None:
        """Whether one may join who asked then; NotPublished, EventOver, NoSuchPlaces, Full."""
        self._require(State.PUBLISHED, refusals.NotPublished)
        if self.ends_at <= at:
            raise refusals.EventOver
        if not self.places(role):
            raise refusals.NoSuchPlaces(errors={"role": refusals.NoSuchPlaces.title})
        if self.taken(role) >= self.places(role):
            raise refusals.Full

    def check_leavable(self) -> None:
        """Whether one may still leave; NotPublished, EventOver."""
        self._require(State.PUBLISHED, refusals.NotPublished)
        if self.has_ended:
            raise refusals.EventOver

    def check_doors(self) -> None:
        """Whether people are checked in now; NotPublished, TooEarly, EventOver."""
        self._require(State.PUBLISHED, refusals.NotPublished)
        opens = self.starts_at - DOORS
        if clock.now() < opens:
            raise refusals.TooEarly(time=f"{opens.astimezone(self.zone):%H:%M}")
        if self.has_ended:
            raise refusals.EventOver

    def check_on(self) -> None:
        """Whether people are there now, or were just now; NotPublished."""
        self._require(State.PUBLISHED, refusals.NotPublished)

    def check_paper(self) -> None:
        """Whether a list on paper can be entered: from the start until 30 days after the end.

        Raises NotPublished, NotBegun, TooLate.
        """
        if self.state not in (State.PUBLISHED, State.CLOSED):
            raise refusals.NotPublished
        if not self.has_begun:
            raise refusals.NotBegun
        if clock.now() > self.ends_at + ON_PAPER:
            raise refusals.TooLate

    def close(self, result: str | None) -> None:
        """It is over, with what came of it in words; NotPublished, NotBegun."""
        self._require(State.PUBLISHED, refusals.NotPublished)
        if not self.has_begun:
            raise refusals.NotBegun(refusals.NotBegun.hint)
        self.state = State.CLOSED.value
        self.result = result

    def cancel(self, reason: str) -> None:
        """It does not take place; a draft is dropped. NotPublished, EventOver."""
        if self.state == State.DRAFT:
            self.state = State.DROPPED.value
        else:
            self._require(State.PUBLISHED, refusals.NotPublished)
            if self.has_ended:
                raise refusals.EventOver
            self.state = State.CANCELLED.value
        self.reason = reason

    def _require(self, state: State, otherwise: type[Conflict]) -> None:
        if self.state != state:
            raise otherwise

    def _check_taken(self, details: Details) -> None:
        wrong = {}
        for role, places in (("helper", details.helper_places), ("guest", details.guest_places)):
            if places < self.taken(role):  # type: ignore[arg-type]
                wrong[f"{role}_places"] = N_("More places than that are taken already")
        if wrong:
            raise Invalid(errors=wrong)
