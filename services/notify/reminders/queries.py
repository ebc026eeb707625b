"""Asking how appointments stand."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.reminders.models import Reminder
from shared.bus.message import Message
from shared.contracts.events import ParticipationMessage

ReceivedParticipation = Message[ParticipationMessage]


async def only_current(
    tx: AsyncSession, messages: Sequence[ReceivedParticipation]
) -> list[ReceivedParticipation]:
    """Those of the messages that say what their appointment stands at, once it has been kept."""
    key = (Reminder.station_id, Reminder.participation_id, Reminder.version)
    said = [(one.station, one.content.participation_id, one.sequence) for one in messages]
    found = await tx.execute(select(*key).where(tuple_(*key).in_(said)))
    stands = {tuple(row) for row in found}
    return [message for message, word in zip(messages, said, strict=True) if word in stands]
