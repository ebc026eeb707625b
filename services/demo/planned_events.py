"""The events of the demo estate, as events.yaml has them, with their participants drawn."""

from datetime import time
from functools import cache
from typing import Literal
from uuid import UUID

from services.demo.estate import estate
from services.demo.people import Person
from services.demo.seeds import demo_id, seeded_int, seeded_shuffle
from services.demo.yaml_tables import YamlModel, read_table
from shared.contracts.events import EventKind, EventRole

FinalState = Literal["draft", "coming", "cancelled", "running", "closed", "dropped"]


class HeadCount(YamlModel):
    """A number of people, by their role in an event."""

    helpers: int = 0
    guests: int = 0


class PlannedEvent(YamlModel):
    """An event of the demo, `day` days after the day of the load, `at` a local time of the station.

    `extra_participants` join besides those drawn. The last `absent` participants never come, the
    last `leave` ones leave. A running event runs whenever the demo is loaded; `only_at` is the time
    of the load at which the event exists.
    """

    number: int
    only_at: Literal["day", "night"] | None = None
    kind: EventKind
    title: str
    summary: str = ""
    place: str
    final_state: FinalState
    day: int = 0
    at: time = time(9)
    minutes: int = 120
    places: HeadCount
    participant_counts: HeadCount = HeadCount()
    extra_participants: tuple[tuple[EventRole, int], ...] = ()
    absent: int = 0
    leave: int = 0
    partner: str | None = None
    note: str = ""

    @property
    def id(self) -> UUID:
        """The event's id."""
        return demo_id("event", self.number)

    @property
    def participants(self) -> tuple[tuple[EventRole, Person], ...]:
        """Participants with their roles, in the order in which they join."""
        counts = self.participant_counts
        drawn: list[tuple[EventRole, Person]] = []
        drawn += [("helper", p) for p in _pick(estate().takers, self.number * 5, counts.helpers)]
        drawn += [("guest", p) for p in _pick(_guests(), self.number * 19, counts.guests)]
        extra = [(role, estate().people[number - 1]) for role, number in self.extra_participants]
        return (*extra, *drawn)

    @property
    def attendances(self) -> tuple[tuple[EventRole, Person, int], ...]:
        """Attendees with roles and minutes from the start to their arrival; negative if early."""
        attendees = self.participants[: len(self.participants) - self.absent]
        return tuple(
            (role, person, seeded_int(f"came {self.number} {person.number}", 18) - 10)
            for role, person in attendees
        )


class EventsTable(YamlModel):
    """The events of all hours, the oldest first."""

    events: tuple[PlannedEvent, ...]


def events(hour: int) -> tuple[PlannedEvent, ...]:
    """Return the demo's events, the oldest first; at night another event runs than by day."""
    time_of_load = "day" if 7 <= hour < 20 else "night"
    return tuple(event for event in _all_events() if event.only_at in (None, time_of_load))


@cache
def _all_events() -> tuple[PlannedEvent, ...]:
    return read_table("events.yaml", EventsTable).events


@cache
def _guests() -> list[Person]:
    """Return adults, many of them old, who neither help nor are reserved for visitors."""
    busy = estate().busy_numbers
    people = {p.number: p for p in estate().people if p.birth_year <= 1985 and p.number not in busy}
    return [people[number] for number in seeded_shuffle("guest", list(people))]


def _pick(people: list[Person], first: int, count: int) -> list[Person]:
    return [people[(first + index) % len(people)] for index in range(count)]
