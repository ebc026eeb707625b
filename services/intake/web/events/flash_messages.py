"""What came of an act on an event, said only where the event still stands so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.intake.events.models import Event, State
from services.intake.events.participation import COMING, Part
from services.intake.events.queries import Seen
from shared import clock
from shared.language import N_

# When notify reminds whoever has a place, on the day before.
REMINDED_AT = time(18)


@dataclass(frozen=True)
class Outcome:
    """A sentence, and whether it is true of what the reader sees: links can be made by anybody."""

    sentence: str
    holds: Callable[[Seen], bool]


def told(word: str, seen: Seen) -> str | None:
    """The sentence about what was just done, `word` for short, as far as it is true."""
    return next((one.sentence for one in OUTCOMES.get(word, ()) if one.holds(seen)), None)


def reminded_at(event: Event) -> datetime:
    """When whoever joined before it is reminded."""
    day_before = event.local_start.date() - timedelta(days=1)
    return datetime.combine(day_before, REMINDED_AT, event.zone)


def _has_place(seen: Seen) -> bool:
    return seen.mine is not None and seen.mine.state in COMING


def _is_reminded(seen: Seen) -> bool:
    return _has_place(seen) and clock.now() < reminded_at(seen.event)


def _has_left(seen: Seen) -> bool:
    return seen.mine is not None and seen.mine.state == Part.LEFT


def _stands(*states: State) -> Callable[[Seen], bool]:
    return lambda seen: seen.event.state in states


OUTCOMES: dict[str, tuple[Outcome, ...]] = {
    "joined": (
        Outcome(N_("You have a place. We remind you the evening before."), _is_reminded),
        Outcome(N_("You have a place. See you there!"), _has_place),
    ),
    "joined-for": (Outcome(N_("They have a place, and get a text message about it."), _has_place),),
    "joined-for-no-phone": (
        Outcome(
            N_(
                "They have a place. They have no phone number with us: it stands in their inbox,"
                " and please tell them yourself."
            ),
            _has_place,
        ),
    ),
    "left": (Outcome(N_("Your place is free for somebody else now."), _has_left),),
    "left-for": (Outcome(N_("Their place is free for somebody else now."), _has_left),),
    "planned": (
        Outcome(
            N_("The event is planned. Nobody sees it until you publish it."), _stands(State.DRAFT)
        ),
    ),
    "edited": (Outcome(N_("The changes are kept."), _stands(State.DRAFT, State.PUBLISHED)),),
    "published": (
        Outcome(
            N_("The event is published: everybody sees it and can join."),
            _stands(State.PUBLISHED),
        ),
    ),
    "cancelled": (
        Outcome(
            N_("The event is cancelled, and everybody who had joined is told why."),
            _stands(State.CANCELLED),
        ),
        Outcome(N_("The plan is dropped. Nobody has seen it."), _stands(State.DROPPED)),
    ),
    "closed": (
        Outcome(N_("The event is closed; points are on their way."), _stands(State.CLOSED)),
    ),
}
