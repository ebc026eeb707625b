"""Queries of reminders."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.reminders.models import Reminder
from shared.bus.message import Message
from shared.contracts.events import ParticipationMessage


async def only_current(
    tx: AsyncSession, messages: Sequence[Message[ParticipationMessage]]
) -> list[Message[ParticipationMessage]]:
    """Return those of the messages whose sequence is the stored version of their reminder."""
    columns = (Reminder.station_id, Reminder.participation_id, Reminder.version)
    keys = [(one.station, one.content.participation_id, one.sequence) for one in messages]
    rows = await tx.execute(select(*columns).where(tuple_(*columns).in_(keys)))
    stored = {tuple(row) for row in rows}
    return [message for message, key in zip(messages, keys, strict=True) if key in stored]
