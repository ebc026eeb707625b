"""Message handlers that store the newest projection of each resident."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.models import Recipient
from shared.bus.message import BatchHandler, Handlers, Message, subject_locks
from shared.contracts.intake import ResidentChanged, ResidentRegistered

ResidentMessage = ResidentRegistered | ResidentChanged


async def upsert_recipients(tx: AsyncSession, messages: list[Message[ResidentMessage]]) -> None:
    """Store each projection unless a newer one is stored; order and repetition don't matter."""
    newest = {m.content.resident_id: m for m in sorted(messages, key=lambda m: m.sequence)}
    statement = insert(Recipient).values(
        [
            {
                "resident_id": resident,
                "station_id": message.station,
                "phone_sealed": message.content.phone_sealed,
                "language": message.content.language,
                "version": message.sequence,
            }
            for resident, message in sorted(newest.items())
        ]
    )
    # `<=` and not `<`, since a snapshot has the sequence of the last message.
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[Recipient.resident_id],
            set_={
                "phone_sealed": statement.excluded.phone_sealed,
                "language": statement.excluded.language,
                "version": statement.excluded.version,
            },
            where=(Recipient.version <= statement.excluded.version)
            & (Recipient.station_id == statement.excluded.station_id),
        )
    )


HANDLERS: Handlers = {
    ResidentRegistered: [BatchHandler(upsert_recipients, subject_locks, replayable=True)],
    ResidentChanged: [BatchHandler(upsert_recipients, subject_locks, replayable=True)],
}
