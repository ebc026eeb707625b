"""The plan of one wish of the demo: its text, its people and its actions."""

from dataclasses import dataclass
from typing import Literal

from services.demo.estate import Person

TakerKind = Literal["volunteer", "partner", "station"]
ActionName = Literal[
    "approve", "decline", "claim", "give_back", "deliver", "refuse", "confirm", "withdraw", "answer"
]


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
