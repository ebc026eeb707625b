"""What notify does when intake says who comes to an event: keep the newest word of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.reminders.models import Reminder, evening_before, utc_offset_of
from shared import clock
from shared.bus.message import BatchHandler, Handlers, Message
from shared.contracts.events import (
    EventAttended,
    EventJoined,
    EventLeft,
    EventMissed,
    ParticipationMessage,
)

UPDATED_COLUMNS = ("title", "place", "role", "starts_at", "utc_offset", "state", "remind_at")


async def upsert_reminders(
    tx: AsyncSession, messages: Sequence[Message[ParticipationMessage]]
) -> None:
    """Keep each appointment in step with the messages, which may come in any order."""
    newest: dict[UUID, Message[ParticipationMessage]] = {}
    for message in sorted(messages, key=lambda m: m.sequence):
        newest[message.content.participation_id] = message
    now = clock.now()
    heard = insert(Reminder)
    # Neither `station_id` nor `reminded_at`: who leaves and joins anew is reminded once.
    await tx.execute(
        heard.on_conflict_do_update(
            index_elements=[Reminder.participation_id],
            set_={
                name: heard.excluded[name] for name in (*UPDATED_COLUMNS, "correlation", "version")
            },
            where=(Reminder.version < heard.excluded.version)
            & (Reminder.station_id == heard.excluded.station_id),
        ),
        [_reminder_row(newest[part], now) for part in sorted(newest)],
    )


def reminder_locks(messages: Sequence[Message[Any]]) -> list[str]:
    """The locks of appointments: whom and what the messages are about."""
    return [message.subject for message in messages]


def _reminder_row(message: Message[ParticipationMessage], now: datetime) -> dict[str, object]:
    part = message.content
    evening = evening_before(part.starts_at)
    return {
        "participation_id": part.participation_id,
        "station_id": message.station,
        "resident_id": part.resident_id,
        "event_id": part.event_id,
        "title": part.title,
        "place": part.place,
        "role": part.role,
        "starts_at": part.starts_at,
        "utc_offset": utc_offset_of(part.starts_at),
        "state": "coming" if isinstance(part, EventJoined) else "over",
        "remind_at": evening if now < evening else None,
        "reminded_at": None,
        "correlation": message.correlation,
        "version": message.sequence,
    }


HANDLERS: Handlers = {
    contract: BatchHandler(upsert_reminders, reminder_locks)
    for contract in (EventJoined, EventLeft, EventAttended, EventMissed)
}
