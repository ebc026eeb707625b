"""Flash messages after an action on an event, each shown only while it is true."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.intake.events.models import Event, EventState
from services.intake.events.participation import ACTIVE_STATES, ParticipationState
from services.intake.events.queries import EventForReader
from shared import clock
from shared.language import N_

# The time on the day before at which notify reminds participants.
REMINDER_TIME_OF_DAY = time(18)


@dataclass(frozen=True)
class FlashMessage:
    """A sentence with a check that it is true, since anybody can forge the link to a message."""

    sentence: str
    is_true_of: Callable[[EventForReader], bool]


def flash_message(key: str, item: EventForReader) -> str | None:
    """Return the first sentence of `key` that is true of `item`, None if none is."""
    return next(
        (each.sentence for each in FLASH_MESSAGES.get(key, ()) if each.is_true_of(item)), None
    )


def reminded_at(event: Event) -> datetime:
    """Return the time of the reminder of an event."""
    day_before = event.local_start.date() - timedelta(days=1)
    return datetime.combine(day_before, REMINDER_TIME_OF_DAY, event.zone)


def _has_place(item: EventForReader) -> bool:
    return item.mine is not None and item.mine.state in ACTIVE_STATES


def _is_reminded(item: EventForReader) -> bool:
    return _has_place(item) and clock.now() < reminded_at(item.event)


def _has_left(item: EventForReader) -> bool:
    return item.mine is not None and item.mine.state == ParticipationState.LEFT


def _is_in_state(*states: EventState) -> Callable[[EventForReader], bool]:
    return lambda item: item.event.state in states


FLASH_MESSAGES: dict[str, tuple[FlashMessage, ...]] = {
    "joined": (
        FlashMessage(N_("You have a place. We remind you the evening before."), _is_reminded),
        FlashMessage(N_("You have a place. See you there!"), _has_place),
    ),
    "joined-for": (
        FlashMessage(N_("They have a place, and get a text message about it."), _has_place),
    ),
    "joined-for-no-phone": (
        FlashMessage(
            N_(
                "They have a place. They have no phone number with us: it stands in their inbox,"
                " and please tell them yourself."
            ),
            _has_place,
        ),
    ),
    "left": (FlashMessage(N_("Your place is free for somebody else now."), _has_left),),
    "left-for": (FlashMessage(N_("Their place is free for somebody else now."), _has_left),),
    "planned": (
        FlashMessage(
            N_("The event is planned. Nobody sees it until you publish it."),
            _is_in_state(EventState.DRAFT),
        ),
    ),
    "edited": (
        FlashMessage(
            N_("The changes are kept."), _is_in_state(EventState.DRAFT, EventState.PUBLISHED)
        ),
    ),
    "published": (
        FlashMessage(
            N_("The event is published: everybody sees it and can join."),
            _is_in_state(EventState.PUBLISHED),
        ),
    ),
    "cancelled": (
        FlashMessage(
            N_("The event is cancelled, and everybody who had joined is told why."),
            _is_in_state(EventState.CANCELLED),
        ),
        FlashMessage(
            N_("The plan is dropped. Nobody has seen it."), _is_in_state(EventState.DROPPED)
        ),
    ),
    "closed": (
        FlashMessage(
            N_("The event is closed; points are on their way."), _is_in_state(EventState.CLOSED)
        ),
    ),
}
