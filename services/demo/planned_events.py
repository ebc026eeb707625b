"""The plan of one event of the demo: its content, its time and its participants."""

from dataclasses import dataclass
from datetime import time
from functools import cache
from typing import Literal
from uuid import UUID

from services.demo.estate import (
    RESIDENT_NUMBER,
    VOLUNTEER_NUMBER,
    Person,
    demo_id,
    estate,
    seeded_int,
    seeded_shuffle,
)
from shared.contracts.events import EventKind, EventRole

FinalState = Literal["draft", "coming", "cancelled", "running", "closed", "dropped"]
PAVILION, SQUARE, STATION, GATE = "议事亭", "小区中心广场", "党群服务站", "南门岗亭"


@dataclass(frozen=True, kw_only=True)
class PlannedEvent:
    """An event of the demo, `day` days after the day of the load, `at` a local time of the station.

    `places` and `participant_counts` are pairs of helpers and guests; `extra_participants` join
    besides those drawn. The last `absent` participants never come, the last `leave` ones leave.
    A running event runs whenever the demo is loaded.
    """

    number: int
    kind: EventKind
    title: str
    summary: str
    place: str
    final_state: FinalState
    day: int = 0
    at: time = time(9)
    minutes: int = 120
    places: tuple[int, int]
    participant_counts: tuple[int, int] = (0, 0)
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
        helpers, guests = self.participant_counts
        drawn: list[tuple[EventRole, Person]] = []
        drawn += [("helper", one) for one in _pick(estate().takers, self.number * 5, helpers)]
        drawn += [("guest", one) for one in _pick(_guests(), self.number * 19, guests)]
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


@cache
def _guests() -> tuple[Person, ...]:
    """Return adults, many of them old, who neither help nor are reserved for visitors."""
    busy = {
        RESIDENT_NUMBER,
        VOLUNTEER_NUMBER,
        *(helper.person.number for helper in estate().helpers),
    }
    people = {p.number: p for p in estate().people if p.birth_year <= 1985 and p.number not in busy}
    return tuple(people[number] for number in seeded_shuffle("guest", list(people)))


def _pick(people: tuple[Person, ...] | list[Person], first: int, count: int) -> list[Person]:
    return [people[(first + index) % len(people)] for index in range(count)]
