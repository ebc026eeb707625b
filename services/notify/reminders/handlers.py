"""Message handlers that keep reminders in step with participations."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.actions import create_deliveries
from services.notify.reminders.models import Reminder, ReminderState, evening_before
from services.notify.reminders.queries import only_current
from shared import clock
from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
from shared.bus.read_copies import upsert_newest
from shared.contracts.events import (
    EventAttended,
    EventJoined,
    EventLeft,
    EventMissed,
    ParticipationMessage,
)


async def upsert_reminders(
    tx: AsyncSession, messages: Sequence[Message[ParticipationMessage]]
) -> None:
    """Update each reminder to the newest of its messages, which may come in any order."""
    # `reminded_at` stays: a resident who leaves and rejoins is reminded once.
    rows = [_reminder_row(message) for message in messages]
    await upsert_newest(tx, Reminder, rows, inserted_once=["reminded_at"])


async def notify_current(tx: AsyncSession, messages: Sequence[Message[Any]]) -> None:
    """Notify only of the current state of each participation.

    Whatever the order of the messages, the last notification that a resident reads is current.
    """
    await create_deliveries(tx, await only_current(tx, messages))


def _reminder_row(message: Message[ParticipationMessage]) -> dict[str, object]:
    content = message.content
    evening = evening_before(content.starts_at)
    state: ReminderState = "coming" if isinstance(content, EventJoined) else "over"
    return {
        "participation_id": content.participation_id,
        "station_id": message.station,
        "resident_id": content.resident_id,
        "event_id": content.event_id,
        "title": content.title,
        "place": content.place,
        "role": content.role,
        "starts_at": content.starts_at,
        "utc_offset": content.starts_at.utcoffset(),
        "state": state,
        "remind_at": evening if clock.now() < evening else None,
        "reminded_at": None,
        "correlation": message.correlation,
        "version": message.sequence,
    }


HANDLERS: Handlers = {
    contract: [BatchHandler(upsert_reminders, subject_locks), BatchHandler(notify_current)]
    for contract in (EventJoined, EventLeft, EventAttended, EventMissed)
}
