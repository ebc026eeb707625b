"""Drafts of deliveries: the notification rules applied to a message."""

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
from shared.contracts.contract import Contract
from shared.ids import new_id

CAUSE_NAMESPACE = UUID("7b0c1a52-9c5e-4f0b-8d1e-2f6a3c4d5e60")
IN_AUDIENCE = {"resident": True, "volunteer": True, "partner": False}


@dataclass(frozen=True, slots=True)
class Draft:
    """A delivery before its insertion.

    If `in_audience` is true, the draft waits until the recipient is in the audience, and copies the
    recipient's language and phone. `causation` is the message that caused the draft, if any.
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
    """Yield the drafts of the message, one for each recipient and channel."""
    for rule in NOTIFICATION_RULES[type(message.content)]:
        recipient = (
            find_recipient(rule.recipient_role, message.content)
            if rule.when(message.content)
            else None
        )
        if recipient is not None:
            for channel in rule.channels:
                yield _draft(message, rule, recipient, channel)


def find_recipient(role: RecipientRole, content: Contract) -> tuple[UUID, bool] | None:
    """Return the recipient's id, and whether the audience must have the recipient; or None.

    A partner reads in the inbox under the id of its account. The station itself isn't notified.
    """
    if role == "resident":
        return content.resident_id, True  # type: ignore[attr-defined]
    kind, id_ = getattr(content, f"{role}_kind"), getattr(content, f"{role}_id")
    return (id_, IN_AUDIENCE[kind]) if id_ is not None and kind in IN_AUDIENCE else None


def cause(station: UUID, template: str, subject: str, state: int | str | None) -> UUID:
    """Return one id for all deliveries of a template about the same state of a subject.

    Without a `state`, the id is the same for all states of the subject.
    """
    return uuid5(CAUSE_NAMESPACE, json.dumps([str(station), template, subject, state]))


def expiry(rule: NotificationRule, of: object) -> datetime | None:
    """Return the moment from which on `rule` sends nothing about `of`; None for never."""
    return getattr(of, rule.expiry_field) if rule.expiry_field else None


def _draft(
    message: Message[Any],
    rule: NotificationRule,
    recipient: tuple[UUID, bool],
    channel: ChannelName,
) -> Draft:
    fields = message.content.model_dump(mode="json")
    recipient_id, is_resident = recipient
    sealed = {param: fields[field] for param, field in rule.sealed}
    state = None if channel in rule.once_per_subject else message.sequence
    return Draft(
        id=new_id(),
        station_id=message.station,
        recipient_id=recipient_id,
        in_audience=is_resident and rule.phone is None,
        channel=channel,
        cause=cause(message.station, rule.template, message.subject, state),
        template=rule.template,
        language=fields.get("language"),
        params=json.dumps({name: fields[name] for name in rule.params}),
        sealed=json.dumps(sealed) if sealed else None,
        address_sealed=fields[rule.phone] if rule.phone else None,
        expires_at=expiry(rule, message.content),
        subject=rule.subject_template.format(**fields)
        if rule.subject_template
        else message.subject,
        correlation=message.correlation,
        causation=message.id,
        traceparent=message.traceparent,
    )
