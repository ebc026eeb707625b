"""Message handlers that store the newest projection of each resident."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.models import Recipient
from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
from shared.bus.read_copies import upsert_newest
from shared.contracts.intake import ResidentChanged, ResidentRegistered

ResidentMessage = ResidentRegistered | ResidentChanged


async def upsert_recipients(tx: AsyncSession, messages: list[Message[ResidentMessage]]) -> None:
    """Store each projection unless a newer one is stored; order and repetition don't matter."""
    rows = [
        {
            "resident_id": message.content.resident_id,
            "station_id": message.station,
            "phone_sealed": message.content.phone_sealed,
            "language": message.content.language,
            "version": message.sequence,
        }
        for message in messages
    ]
    await upsert_newest(tx, Recipient, rows, takes_snapshots=True)


HANDLERS: Handlers = {
    ResidentRegistered: [BatchHandler(upsert_recipients, subject_locks, replayable=True)],
    ResidentChanged: [BatchHandler(upsert_recipients, subject_locks, replayable=True)],
}
