"""The table: which message is told to whom, over which channels, with which template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from shared.contracts.envelope import Contract
from shared.contracts.events import EventAttended, EventJoined, EventLeft, EventMissed
from shared.contracts.intake import (
    SignInCodeIssued,
    WishAnswered,
    WishClaimed,
    WishDeclined,
    WishDelivered,
    WishFulfilled,
    WishOpened,
    WishPosted,
    WishRefused,
    WishReleased,
    WishReopened,
    WishWithdrawn,
)
from shared.contracts.volunteers import (
    PointsAwarded,
    PointsReversed,
    VolunteerApplied,
    VolunteerApproved,
)

ChannelName = Literal["inbox", "sms"]
Who = Literal["resident", "taker", "owner"]
INBOX: tuple[ChannelName, ...] = ("inbox",)
SMS: tuple[ChannelName, ...] = ("sms",)
BOTH: tuple[ChannelName, ...] = ("inbox", "sms")
WISH = ("title",)
POINTS = ("title", "amount", "balance")
EVENT = ("title", "place", "starts_at", "role")


def always(_: Any) -> bool:
    """Whatever the message says."""
    return True


def because(*reasons: str) -> Callable[[Any], bool]:
    """When it happened for one of these reasons."""
    return lambda content: content.reason in reasons


def paid_for(kind: str) -> Callable[[Any], bool]:
    """When points moved for such a thing."""
    return lambda content: content.cause_subject.startswith(f"{kind}/")


def but_for(kind: str) -> Callable[[Any], bool]:
    """When points moved for anything else."""
    return lambda content: not content.cause_subject.startswith(f"{kind}/")


@dataclass(frozen=True, slots=True)
class Telling:
    """One line of the table.

    `who` is the part of the message that names the recipient. `params` are the fields that the
    words need. `sealed` maps params to fields that come sealed and stay so. `phone` is the field
    with the sealed number, where the message itself brings it; `about` makes of the fields the
    subject that the words are about, where that isn't the message's own. Over the channels in
    `once` it is told the first time that it happens to a subject and never again. `until` is the
    field with the moment from which on nothing is sent any more.
    """

    who: Who
    template: str
    channels: tuple[ChannelName, ...]
    params: tuple[str, ...] = ()
    when: Callable[[Any], bool] = always
    sealed: tuple[tuple[str, str], ...] = ()
    phone: str | None = None
    about: str | None = None
    once: tuple[ChannelName, ...] = ()
    until: str | None = None


def _event(
    template: str,
    channels: tuple[ChannelName, ...],
    when: Callable[[Any], bool] = always,
    *more: str,
) -> Telling:
    """To who takes part; whoever leaves and joins again and again is sent no SMS for each time."""
    return Telling(
        "resident",
        template,
        channels,
        (*EVENT, *more),
        when,
        about="events/{event_id}",
        once=SMS,
        until="starts_at",
    )


def _points(template: str, when: Callable[[Any], bool]) -> Telling:
    return Telling("owner", template, INBOX, POINTS, when, about="{cause_subject}")


# Said by the passing of time, not by a message.
REMINDER = _event("event.reminder", BOTH, always, "day")

TABLE: dict[type[Contract], tuple[Telling, ...]] = {
    WishPosted: (Telling("resident", "wish.posted", INBOX, WISH),),
    WishOpened: (Telling("resident", "wish.opened", INBOX, WISH),),
    WishDeclined: (Telling("resident", "wish.declined", BOTH, WISH),),
    WishClaimed: (
        Telling("resident", "wish.claimed.resident", BOTH, ("title", "taker_kind")),
        Telling("taker", "wish.claimed.taker", INBOX, ("title", "lease_until")),
    ),
    WishReleased: (
        Telling("resident", "wish.released", INBOX, WISH, because("given_back", "expired")),
        Telling("resident", "wish.handed-over.resident", INBOX, WISH, because("handed_over")),
        Telling("taker", "wish.expired.taker", BOTH, WISH, because("expired")),
        Telling("taker", "wish.handed-over.taker", INBOX, WISH, because("handed_over")),
        # Told once where WishWithdrawn says it too: one aggregate, one sequence, one template.
        Telling("taker", "wish.withdrawn.taker", BOTH, WISH, because("withdrawn")),
        Telling("taker", "wish.closed.taker", BOTH, WISH, because("answered")),
    ),
    WishWithdrawn: (
        Telling("resident", "wish.withdrawn.resident", INBOX, WISH),
        Telling("taker", "wish.withdrawn.taker", BOTH, WISH),
    ),
    WishDelivered: (Telling("resident", "wish.delivered", BOTH, WISH),),
    WishRefused: (Telling("taker", "wish.refused", BOTH, WISH),),
    WishFulfilled: (Telling("taker", "wish.fulfilled", INBOX, WISH),),
    WishReopened: (Telling("taker", "wish.reopened", BOTH, WISH),),
    WishAnswered: (Telling("resident", "wish.answered", BOTH, WISH),),
    VolunteerApplied: (Telling("resident", "volunteer.applied", INBOX),),
    VolunteerApproved: (Telling("resident", "volunteer.approved", BOTH),),
    EventJoined: (_event("event.joined", BOTH),),
    EventLeft: (
        _event("event.left", INBOX, because("left")),
        _event("event.cancelled", BOTH, because("cancelled"), "words"),
    ),
    EventMissed: (_event("event.missed", INBOX),),
    EventAttended: (),  # Who was there hears of it by the points.
    PointsAwarded: (
        _points("points.awarded", but_for("participations")),
        _points("points.awarded.event", paid_for("participations")),
    ),
    PointsReversed: (
        _points("points.reversed", paid_for("wishes")),
        _points("points.reversed.other", but_for("wishes")),
    ),
    SignInCodeIssued: (
        Telling(
            "resident",
            "sign-in.code",
            SMS,
            ("expires_at",),
            until="expires_at",
            sealed=(("code", "code_sealed"),),
            phone="phone_sealed",
        ),
    ),
}
