"""The table: which message is told to whom, over which channels, with which template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from shared.contracts.envelope import Contract
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


def always(_: Any) -> bool:
    """Whatever the message says."""
    return True


def released(*reasons: str) -> Callable[[Any], bool]:
    """When a wish was released for one of these reasons."""
    return lambda content: content.reason in reasons


@dataclass(frozen=True, slots=True)
class Telling:
    """One line of the table.

    `who` is the part of the message that names the recipient. `params` are the fields that the
    words need. `sealed` maps params to fields that come sealed and stay so. `phone` is the field
    with the sealed number, where the message itself brings it; `about` the one with the subject
    that the words are about, where that isn't the message's own.
    """

    who: Who
    template: str
    channels: tuple[ChannelName, ...]
    params: tuple[str, ...] = ()
    when: Callable[[Any], bool] = always
    sealed: tuple[tuple[str, str], ...] = ()
    phone: str | None = None
    about: str | None = None


TABLE: dict[type[Contract], tuple[Telling, ...]] = {
    WishPosted: (Telling("resident", "wish.posted", INBOX, WISH),),
    WishOpened: (Telling("resident", "wish.opened", INBOX, WISH),),
    WishDeclined: (Telling("resident", "wish.declined", BOTH, WISH),),
    WishClaimed: (
        Telling("resident", "wish.claimed.resident", BOTH, ("title", "taker_kind")),
        Telling("taker", "wish.claimed.taker", INBOX, ("title", "lease_until")),
    ),
    WishReleased: (
        Telling("resident", "wish.released", INBOX, WISH, released("given_back", "expired")),
        Telling("resident", "wish.handed-over.resident", INBOX, WISH, released("handed_over")),
        Telling("taker", "wish.expired.taker", BOTH, WISH, released("expired")),
        Telling("taker", "wish.handed-over.taker", INBOX, WISH, released("handed_over")),
        # Told once where WishWithdrawn says it too: one aggregate, one sequence, one template.
        Telling("taker", "wish.withdrawn.taker", BOTH, WISH, released("withdrawn")),
        Telling("taker", "wish.closed.taker", BOTH, WISH, released("answered")),
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
    PointsAwarded: (Telling("owner", "points.awarded", INBOX, POINTS, about="cause_subject"),),
    PointsReversed: (Telling("owner", "points.reversed", INBOX, POINTS, about="cause_subject"),),
    SignInCodeIssued: (
        Telling(
            "resident",
            "sign-in.code",
            SMS,
            ("expires_at",),
            sealed=(("code", "code_sealed"),),
            phone="phone_sealed",
        ),
    ),
}
