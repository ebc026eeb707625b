"""Message handlers that keep reminders in step with participations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.actions import create_deliveries
from services.notify.reminders.models import Reminder, evening_before, utc_offset_of
from services.notify.reminders.queries import only_current
from shared import clock
from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
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
    """Update each reminder to the newest of its messages, which may come in any order."""
    newest: dict[UUID, Message[ParticipationMessage]] = {}
    for message in sorted(messages, key=lambda m: m.sequence):
        newest[message.content.participation_id] = message
    now = clock.now()
    statement = insert(Reminder)
    # `station_id` and `reminded_at` stay: a resident who leaves and rejoins is reminded once.
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Reminder.participation_id],
            set_={
                name: statement.excluded[name]
                for name in (*UPDATED_COLUMNS, "correlation", "version")
            },
            where=(Reminder.version < statement.excluded.version)
            & (Reminder.station_id == statement.excluded.station_id),
        ),
        [_reminder_row(newest[id_], now) for id_ in sorted(newest)],
    )


async def notify_current(tx: AsyncSession, messages: Sequence[Message[Any]]) -> None:
    """Notify only of the current state of each participation.

    Whatever the order of the messages, the last notification that a resident reads is current.
    """
    await create_deliveries(tx, await only_current(tx, messages))


def _reminder_row(message: Message[ParticipationMessage], now: datetime) -> dict[str, object]:
    content = message.content
    evening = evening_before(content.starts_at)
    return {
        "participation_id": content.participation_id,
        "station_id": message.station,
        "resident_id": content.resident_id,
        "event_id": content.event_id,
        "title": content.title,
        "place": content.place,
        "role": content.role,
        "starts_at": content.starts_at,
        "utc_offset": utc_offset_of(content.starts_at),
        "state": "coming" if isinstance(content, EventJoined) else "over",
        "remind_at": evening if now < evening else None,
        "reminded_at": None,
        "correlation": message.correlation,
        "version": message.sequence,
    }


HANDLERS: Handlers = {
    contract: [BatchHandler(upsert_reminders, subject_locks), BatchHandler(notify_current)]
    for contract in (EventJoined, EventLeft, EventAttended, EventMissed)
}
