"""The notification rules: whom a message notifies, over which channels, by which template."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from shared.contracts.contract import Contract
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
RecipientRole = Literal["resident", "taker", "owner"]
INBOX: tuple[ChannelName, ...] = ("inbox",)
SMS: tuple[ChannelName, ...] = ("sms",)
BOTH: tuple[ChannelName, ...] = ("inbox", "sms")
WISH_PARAMS = ("title",)
POINTS_PARAMS = ("title", "amount", "balance")
EVENT_PARAMS = ("title", "place", "starts_at", "role")


def always(_: Any) -> bool:
    """Accept every message."""
    return True


def reason_in(*reasons: str) -> Callable[[Any], bool]:
    """Return a condition that accepts messages with one of `reasons`."""
    return lambda content: content.reason in reasons


def about(kind: str) -> Callable[[Any], bool]:
    """Return a condition that accepts points for a subject of `kind`."""
    return lambda content: content.cause_subject.startswith(f"{kind}/")


def not_about(kind: str) -> Callable[[Any], bool]:
    """Return a condition that accepts points for a subject of any other kind."""
    return lambda content: not content.cause_subject.startswith(f"{kind}/")


@dataclass(frozen=True, slots=True)
class NotificationRule:
    """One recipient of a message type, with the template and the channels.

    `recipient_role` names the fields of the message that hold the recipient. `params` are the
    fields that the template needs. `sealed` maps params to fields that come sealed and stay so.
    `phone` is the field with the sealed number, where the message has one. `subject_template`
    makes the delivery's subject from the fields, where that isn't the message's own. Over the
    channels in `once_per_subject`, only the first message about a subject notifies. `expiry_field`
    is the field with the moment from which on nothing is sent any more.
    """

    recipient_role: RecipientRole
    template: str
    channels: tuple[ChannelName, ...]
    params: tuple[str, ...] = ()
    when: Callable[[Any], bool] = always
    sealed: tuple[tuple[str, str], ...] = ()
    phone: str | None = None
    subject_template: str | None = None
    once_per_subject: tuple[ChannelName, ...] = ()
    expiry_field: str | None = None


def _event_rule(
    template: str,
    channels: tuple[ChannelName, ...],
    when: Callable[[Any], bool] = always,
    *more: str,
) -> NotificationRule:
    """Create a rule for participants, who get one SMS even after leaving and rejoining."""
    return NotificationRule(
        "resident",
        template,
        channels,
        (*EVENT_PARAMS, *more),
        when,
        subject_template="events/{event_id}",
        once_per_subject=SMS,
        expiry_field="starts_at",
    )


def _points_rule(template: str, when: Callable[[Any], bool]) -> NotificationRule:
    return NotificationRule(
        "owner", template, INBOX, POINTS_PARAMS, when, subject_template="{cause_subject}"
    )


# No message has this rule: a timed job sends the reminders.
REMINDER = _event_rule("event.reminder", BOTH, always, "day")

NOTIFICATION_RULES: dict[type[Contract], tuple[NotificationRule, ...]] = {
    WishPosted: (NotificationRule("resident", "wish.posted", INBOX, WISH_PARAMS),),
    WishOpened: (NotificationRule("resident", "wish.opened", INBOX, WISH_PARAMS),),
    WishDeclined: (NotificationRule("resident", "wish.declined", BOTH, WISH_PARAMS),),
    WishClaimed: (
        NotificationRule("resident", "wish.claimed.resident", BOTH, ("title", "taker_kind")),
        NotificationRule("taker", "wish.claimed.taker", INBOX, ("title", "lease_until")),
    ),
    WishReleased: (
        NotificationRule(
            "resident", "wish.released", INBOX, WISH_PARAMS, reason_in("given_back", "expired")
        ),
        NotificationRule(
            "resident", "wish.handed-over.resident", INBOX, WISH_PARAMS, reason_in("handed_over")
        ),
        NotificationRule("taker", "wish.expired.taker", BOTH, WISH_PARAMS, reason_in("expired")),
        NotificationRule(
            "taker", "wish.handed-over.taker", INBOX, WISH_PARAMS, reason_in("handed_over")
        ),
        # WishWithdrawn has this rule too; subject, sequence and template agree, so one is stored.
        NotificationRule(
            "taker", "wish.withdrawn.taker", BOTH, WISH_PARAMS, reason_in("withdrawn")
        ),
        NotificationRule("taker", "wish.closed.taker", BOTH, WISH_PARAMS, reason_in("answered")),
    ),
    WishWithdrawn: (
        NotificationRule("resident", "wish.withdrawn.resident", INBOX, WISH_PARAMS),
        NotificationRule("taker", "wish.withdrawn.taker", BOTH, WISH_PARAMS),
    ),
    WishDelivered: (NotificationRule("resident", "wish.delivered", BOTH, WISH_PARAMS),),
    WishRefused: (NotificationRule("taker", "wish.refused", BOTH, WISH_PARAMS),),
    WishFulfilled: (NotificationRule("taker", "wish.fulfilled", INBOX, WISH_PARAMS),),
    WishReopened: (NotificationRule("taker", "wish.reopened", BOTH, WISH_PARAMS),),
    WishAnswered: (NotificationRule("resident", "wish.answered", BOTH, WISH_PARAMS),),
    VolunteerApplied: (NotificationRule("resident", "volunteer.applied", INBOX),),
    VolunteerApproved: (NotificationRule("resident", "volunteer.approved", BOTH),),
    EventJoined: (_event_rule("event.joined", BOTH),),
    EventLeft: (
        _event_rule("event.left", INBOX, reason_in("left")),
        _event_rule("event.cancelled", BOTH, reason_in("cancelled"), "words"),
    ),
    EventMissed: (_event_rule("event.missed", INBOX),),
    EventAttended: (),  # The points notify the participant.
    PointsAwarded: (
        _points_rule("points.awarded", not_about("participations")),
        _points_rule("points.awarded.event", about("participations")),
    ),
    PointsReversed: (
        _points_rule("points.reversed", about("wishes")),
        _points_rule("points.reversed.other", not_about("wishes")),
    ),
    SignInCodeIssued: (
        NotificationRule(
            "resident",
            "sign-in.code",
            SMS,
            ("expires_at",),
            expiry_field="expires_at",
            sealed=(("code", "code_sealed"),),
            phone="phone_sealed",
        ),
    ),
}
