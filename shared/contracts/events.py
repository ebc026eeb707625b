"""Contracts of intake about community events and their participants."""

from datetime import datetime
from typing import ClassVar, Literal, Protocol, Self
from uuid import UUID

from pydantic import AwareDatetime, NonNegativeInt, PositiveInt

from shared.contracts.envelope import Contract

EventKind = Literal[
    "clean_up",
    "free_clinic",
    "haircuts",
    "class",
    "film",
    "practice",
    "open_talk",
    "hazard_clearing",
    "market",
    "other",
]
EventRole = Literal["helper", "guest"]
LeaveReason = Literal["left", "cancelled"]


class _Event(Protocol):
    """The attributes of an event that its messages contain."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def local_start(self) -> datetime: ...
    @property
    def local_end(self) -> datetime: ...


class _Participation(Protocol):
    """The attributes of a participation that its messages contain."""

    @property
    def id(self) -> UUID: ...
    @property
    def resident_id(self) -> UUID: ...
    @property
    def role(self) -> str: ...


class EventMessage(Contract):
    """The projection of an event that every message about it carries whole.

    Its times have the offset of the station's own zone, so that readers can write them as they are.
    """

    event_id: UUID
    """The event."""
    kind: EventKind
    """What kind of event it is."""
    title: str
    """Its name, for people to read."""
    place: str
    """Where it is, for people to read."""
    starts_at: AwareDatetime
    """When it begins, with the offset of the station's zone."""
    ends_at: AwareDatetime
    """When it ends, with the offset of the station's zone."""

    @classmethod
    def about(cls, event: _Event, **more: object) -> Self:
        """Build the message about an event; `more` are the fields beyond the projection."""
        return cls.model_validate({**_projection(event), **more})


class ParticipationMessage(EventMessage):
    """One resident's part in an event; subject `participations/<id>`."""

    participation_id: UUID
    """The participation."""
    resident_id: UUID
    """Who takes part."""
    role: EventRole
    """Whether they help or are a guest."""

    @classmethod
    def of(cls, event: _Event, participation: _Participation, **more: object) -> Self:
        """Build the message about a participation; `more` are the fields beyond the projection."""
        own = {
            "participation_id": participation.id,
            "resident_id": participation.resident_id,
            "role": participation.role,
        }
        return cls.about(event, **own, **more)


class EventPublished(EventMessage):
    """Staff published an event; subject `events/<id>`."""

    type: ClassVar[str] = "linli.event.published.v1"


class EventCancelled(EventMessage):
    """An event does not take place; who had joined is told by an EventLeft each."""

    type: ClassVar[str] = "linli.event.cancelled.v1"


class EventClosed(EventMessage):
    """An event is over: how many came in each role, how many minutes in all, how many did not."""

    type: ClassVar[str] = "linli.event.closed.v1"
    helpers: NonNegativeInt
    """How many came to help."""
    guests: NonNegativeInt
    """How many came as guests."""
    minutes: NonNegativeInt
    """How long all of them were there together, in minutes."""
    missed: NonNegativeInt
    """How many had a place and did not come."""


class EventJoined(ParticipationMessage):
    """A resident has a place in an event."""

    type: ClassVar[str] = "linli.event.joined.v1"


class EventLeft(ParticipationMessage):
    """A resident takes part no longer; `words` is the station's reason where it cancelled."""

    type: ClassVar[str] = "linli.event.left.v1"
    reason: LeaveReason
    """Whether they left or the event was cancelled."""
    words: str | None = None
    """The station's reason for cancelling, for people to read."""


class EventAttended(ParticipationMessage):
    """A resident was there, for `minutes`; `revision` counts attendances of a participation."""

    type: ClassVar[str] = "linli.event.attended.v1"
    minutes: NonNegativeInt
    """How long they were there, in minutes."""
    revision: PositiveInt
    """Which attendance of this participation it is, from 1."""


class EventMissed(ParticipationMessage):
    """A resident had a place and did not come."""

    type: ClassVar[str] = "linli.event.missed.v1"


CONTRACTS: tuple[type[Contract], ...] = (
    EventPublished,
    EventCancelled,
    EventClosed,
    EventJoined,
    EventLeft,
    EventAttended,
    EventMissed,
)


def _projection(event: _Event) -> dict[str, object]:
    return {
        "event_id": event.id,
        "kind": event.kind,
        "title": event.title,
        "place": event.place,
        "starts_at": event.local_start,
        "ends_at": event.local_end,
    }
