"""The wishes of the demo estate: some in every state, more than twenty fulfilled this year."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from services.demo.estate import estate
from services.demo.people import Person
from services.demo.seeds import seeded_int, seeded_shuffle
from services.demo.yaml_tables import YamlModel, read_table

TakerKind = Literal["volunteer", "partner", "station"]
ActionName = Literal[
    "approve", "decline", "claim", "give_back", "deliver", "refuse", "confirm", "withdraw", "answer"
]
OLDEST_WISH_DAYS, DAYS_BETWEEN_WISHES = 150, 5.7


class WishRow(YamlModel):
    """A wish of the table, with the name of its scenario and the texts of its actions."""

    title: str
    details: str
    scenario: str = "fulfilled"
    taker: TakerKind = "volunteer"
    minutes: int = 30
    notes: dict[ActionName, str] = Field(default_factory=dict)


class WishesTable(YamlModel):
    """The wishes; a scenario is a list of actions with the days since the wish was posted."""

    scenarios: dict[str, tuple[tuple[ActionName, float], ...]]
    fulfilled: tuple[WishRow, ...]
    unfinished: tuple[WishRow, ...]


@dataclass(frozen=True)
class PlannedAction:
    """An action on a wish, `days_ago` before the demo was loaded."""

    verb: ActionName
    days_ago: float
    note: str = ""


@dataclass(frozen=True)
class PlannedWish:
    """A wish of the demo with its actions; `taker` is set where a volunteer takes it."""

    title: str
    details: str
    maker: Person
    posted_days_ago: float
    actions: tuple[PlannedAction, ...]
    taker_kind: TakerKind = "volunteer"
    taker: Person | None = None
    minutes: int = 30

    @property
    def is_fulfilled(self) -> bool:
        """Whether the wish was confirmed."""
        return any(action.verb == "confirm" for action in self.actions)


@cache
def wishes() -> tuple[PlannedWish, ...]:
    """Return the demo's wishes, the oldest first."""
    table = read_table("wishes.yaml", WishesTable)
    rows = (*table.fulfilled, *table.unfinished)
    numbered = enumerate(zip(rows, _makers(len(rows)), _days_since_posting(table), strict=True))
    planned = [
        PlannedWish(
            title=row.title,
            details=row.details,
            maker=maker,
            posted_days_ago=posted,
            actions=_planned_actions(row, table, posted),
            taker_kind=row.taker,
            taker=_taker(index) if row.taker == "volunteer" else None,
            minutes=row.minutes,
        )
        for index, (row, maker, posted) in numbered
    ]
    return tuple(sorted(planned, key=lambda wish: -wish.posted_days_ago))


def _planned_actions(
    row: WishRow, table: WishesTable, posted_days_ago: float
) -> tuple[PlannedAction, ...]:
    return tuple(
        PlannedAction(verb, posted_days_ago - days, row.notes.get(verb, ""))
        for verb, days in table.scenarios[row.scenario]
    )


def _days_since_posting(table: WishesTable) -> list[float]:
    """Return when each wish was posted: fulfilled ones over months, the others a few days ago."""
    return [
        *(
            OLDEST_WISH_DAYS - index * DAYS_BETWEEN_WISHES - seeded_int(f"posted {index}", 40) / 10
            for index in range(len(table.fulfilled))
        ),
        *(
            3.0 + seeded_int(f"under way {index}", 30) / 10
            for index in range(len(table.unfinished))
        ),
    ]


def _makers(count: int) -> list[Person]:
    """Return elderly heads of households who neither help nor are reserved for visitors."""
    busy = estate().busy_numbers
    people = {p.number: p for p in estate().people if p.is_head and p.birth_year <= 1966}
    free = seeded_shuffle("maker", [number for number in people if number not in busy])
    return [people[number] for number in free[:count]]


def _taker(index: int) -> Person:
    """Return the volunteer for a wish; some volunteers take more wishes than others."""
    takers = estate().takers
    return takers[(index * 5 + seeded_int(f"taker {index}", 3)) % len(takers)]
