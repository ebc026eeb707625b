"""What wishes say about coming duties: whatever the order, the latest message decides."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.people.models import Duty
from shared.bus.message import Bulk, Handlers, Message
from shared.contracts.intake import (
    WishAnswered,
    WishClaimed,
    WishDelivered,
    WishFulfilled,
    WishMessage,
    WishRefused,
    WishReleased,
    WishReopened,
    WishWithdrawn,
)

OPENING = (WishClaimed, WishRefused, WishReopened)
CLOSING = (WishDelivered, WishReleased, WishFulfilled, WishWithdrawn, WishAnswered)


async def keep_duties(tx: AsyncSession, messages: Sequence[Message[WishMessage]]) -> None:
    """Keep the duty of each wish in step with the messages, which may come in any order."""
    latest: dict[UUID, Message[WishMessage]] = {}
    for message in sorted(messages, key=lambda m: m.sequence):
        latest[message.content.wish_id] = message
    heard = insert(Duty)
    changed = ("resident_id", "title", "state", "until", "version")
    await tx.execute(
        heard.on_conflict_do_update(
            index_elements=[Duty.kind, Duty.subject_id],
            set_={name: heard.excluded[name] for name in changed},
            where=Duty.version < heard.excluded.version,
        ),
        [_duty(latest[wish]) for wish in sorted(latest)],
    )


def _duty(message: Message[WishMessage]) -> dict[str, object]:
    wish = message.content
    owner = wish.taker_id if wish.taker_kind == "volunteer" else None
    is_open = owner is not None and isinstance(wish, OPENING)
    return {
        "kind": "wish",
        "subject_id": wish.wish_id,
        "station_id": message.station,
        "resident_id": owner if is_open else None,
        "title": wish.title,
        "state": "open" if is_open else "closed",
        "until": getattr(wish, "lease_until", None) if is_open else None,
        "version": message.sequence,
    }


def wishes(messages: Sequence[Message[Any]]) -> list[str]:
    """The locks of duties: the wishes that the messages are about."""
    return [message.subject for message in messages]


HANDLERS: Handlers = {kind: Bulk(keep_duties, wishes) for kind in (*OPENING, *CLOSING)}
