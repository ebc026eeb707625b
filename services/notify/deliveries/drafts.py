"""From a message to the deliveries it makes: the table of `wording`, applied."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from services.notify.wording.rules import (
    NOTIFICATION_RULES,
    ChannelName,
    NotificationRule,
    RecipientRole,
)
from shared.bus.message import Message
from shared.contracts.envelope import Contract
from shared.ids import new_id

CAUSES = UUID("7b0c1a52-9c5e-4f0b-8d1e-2f6a3c4d5e60")
PERSONS = {"resident": True, "volunteer": True, "partner": False}


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery before it is written.

    One whose `in_audience` is true waits for the audience to know its recipient, whose language
    and phone it takes over. `causation` is the message that led to it, where one did.
    """

    id: UUID
    station_id: UUID
    recipient_id: UUID
    in_audience: bool
    channel: ChannelName
    cause: UUID
    template: str
    language: str | None
    params: str
    sealed: str | None
    address_sealed: str | None
    expires_at: datetime | None
    subject: str
    correlation: UUID
    causation: str | None = None
    traceparent: str | None = None


def drafts_of(message: Message[Any]) -> Iterator[Draft]:
    """What the message makes, one draft for each recipient and channel."""
    for telling in NOTIFICATION_RULES[type(message.content)]:
        found = (
            find_recipient(telling.recipient_role, message.content)
            if telling.when(message.content)
            else None
        )
        if found is not None:
            for channel in telling.channels:
                yield _draft(message, telling, found, channel)


def find_recipient(role: RecipientRole, content: Contract) -> tuple[UUID, bool] | None:
    """The recipient's id, and whether it is a resident's, whom the audience has to know.

    A partner reads in the inbox under the id of its account. The station itself isn't told.
    """
    if role == "resident":
        return content.resident_id, True  # type: ignore[attr-defined]
    kind, id_ = getattr(content, f"{role}_kind"), getattr(content, f"{role}_id")
    return (id_, PERSONS[kind]) if id_ is not None and kind in PERSONS else None


def cause(station: UUID, template: str, subject: str, state: int | str | None) -> UUID:
    """The same for whatever says the same about the same state of the same thing.

    Without a state it is the same for whatever says it about that thing.
    """
    return uuid5(CAUSES, json.dumps([str(station), template, subject, state]))


def expiry(rule: NotificationRule, of: object) -> datetime | None:
    """When it becomes pointless to say this of that; None for never."""
    return getattr(of, rule.expiry_field) if rule.expiry_field else None


def _draft(
    message: Message[Any],
    rule: NotificationRule,
    recipient: tuple[UUID, bool],
    channel: ChannelName,
) -> Draft:
    plain = message.content.model_dump(mode="json")
    recipient_id, is_resident = recipient
    sealed = {param: plain[field] for param, field in rule.sealed}
    state = None if channel in rule.once_per_subject else message.sequence
    return Draft(
        id=new_id(),
        station_id=message.station,
        recipient_id=recipient_id,
        in_audience=is_resident and rule.phone is None,
        channel=channel,
        cause=cause(message.station, rule.template, message.subject, state),
        template=rule.template,
        language=plain.get("language"),
        params=json.dumps({name: plain[name] for name in rule.params}),
        sealed=json.dumps(sealed) if sealed else None,
        address_sealed=plain[rule.phone] if rule.phone else None,
        expires_at=expiry(rule, message.content),
        subject=rule.subject_template.format(**plain) if rule.subject_template else message.subject,
        correlation=message.correlation,
        causation=message.id,
        traceparent=message.traceparent,
    )
