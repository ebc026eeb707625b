"""Contracts of intake about community events and their participants."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, NonNegativeInt, PositiveInt

from shared.contracts.contract import Contract, example_id

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


class EventMessage(
    Contract,
    service="intake",
    subject="events/{event_id}",
    example={
        "event_id": example_id(7),
        "kind": "clean_up",
        "title": "楼道大扫除",
        "place": "3 栋楼下",
        "starts_at": "2025-03-08T09:00:00+08:00",
        "ends_at": "2025-03-08T11:00:00+08:00",
    },
):
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


class ParticipationMessage(
    EventMessage,
    subject="participations/{participation_id}",
    example={"participation_id": example_id(8), "resident_id": example_id(3), "role": "helper"},
):
    """One resident's part in an event; subject `participations/<id>`."""

    participation_id: UUID
    """The participation."""
    resident_id: UUID
    """Who takes part."""
    role: EventRole
    """Whether they help or are a guest."""


class EventPublished(EventMessage, type="linli.event.published.v1"):
    """Staff published an event; subject `events/<id>`."""


class EventCancelled(EventMessage, type="linli.event.cancelled.v1"):
    """An event does not take place; who had joined is told by an EventLeft each."""


class EventClosed(
    EventMessage,
    type="linli.event.closed.v1",
    example={"helpers": 6, "guests": 20, "minutes": 2400, "missed": 2},
):
    """An event is over: how many came in each role, how many minutes in all, how many did not."""

    helpers: NonNegativeInt
    """How many came to help."""
    guests: NonNegativeInt
    """How many came as guests."""
    minutes: NonNegativeInt
    """How long all of them were there together, in minutes."""
    missed: NonNegativeInt
    """How many had a place and did not come."""


class EventJoined(
    ParticipationMessage, type="linli.event.joined.v1", readers={"volunteers", "notify"}
):
    """A resident has a place in an event."""


class EventLeft(
    ParticipationMessage,
    type="linli.event.left.v1",
    readers={"volunteers", "notify"},
    example={"reason": "cancelled", "words": "下雨，改期再约"},
):
    """A resident takes part no longer; `words` is the station's reason where it cancelled."""

    reason: LeaveReason
    """Whether they left or the event was cancelled."""
    words: str | None = None
    """The station's reason for cancelling, for people to read."""


class EventAttended(
    ParticipationMessage,
    type="linli.event.attended.v1",
    readers={"volunteers", "notify"},
    example={"minutes": 90, "revision": 1},
):
    """A resident was there, for `minutes`; `revision` counts attendances of a participation."""

    minutes: NonNegativeInt
    """How long they were there, in minutes."""
    revision: PositiveInt
    """Which attendance of this participation it is, from 1."""


class EventMissed(
    ParticipationMessage, type="linli.event.missed.v1", readers={"volunteers", "notify"}
):
    """A resident had a place and did not come."""
