"""Message handlers that keep duties in step with wishes and events."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.people.models import Duty
from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
from shared.bus.read_copies import upsert_newest
from shared.contracts.events import (
    EventAttended,
    EventJoined,
    EventLeft,
    EventMissed,
    ParticipationMessage,
)
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

OPENING_TYPES = (WishClaimed, WishRefused, WishReopened, EventJoined)
CLOSING_TYPES = (
    WishDelivered,
    WishReleased,
    WishFulfilled,
    WishWithdrawn,
    WishAnswered,
    EventLeft,
    EventAttended,
    EventMissed,
)
EVENT_FIELDS = ("event_id", "starts_at", "ends_at")
DutyMessage = WishMessage | ParticipationMessage


async def upsert_duties(tx: AsyncSession, messages: Sequence[Message[DutyMessage]]) -> None:
    """Update each duty to the latest of its messages, which may come in any order."""
    await upsert_newest(tx, Duty, [_duty_row(message) for message in messages])


def _duty_row(message: Message[DutyMessage]) -> dict[str, object]:
    content = message.content
    owner = _owner(content) if isinstance(content, OPENING_TYPES) else None
    is_open = owner is not None
    return {
        "kind": "wish" if isinstance(content, WishMessage) else "event",
        "subject_id": message.subject_id,
        "station_id": message.station,
        "resident_id": owner,
        "title": content.title,
        "state": "open" if is_open else "closed",
        **{name: getattr(content, name, None) for name in EVENT_FIELDS},
        "until": getattr(content, "lease_until", None) if is_open else None,
        "version": message.sequence,
    }


def _owner(content: DutyMessage) -> UUID | None:
    """Return the volunteer who took the wish, or the resident who helps at the event."""
    if isinstance(content, WishMessage):
        return content.taker_id if content.taker_kind == "volunteer" else None
    return content.resident_id if content.role == "helper" else None


HANDLERS: Handlers = {
    kind: [BatchHandler(upsert_duties, subject_locks)] for kind in (*OPENING_TYPES, *CLOSING_TYPES)
}
