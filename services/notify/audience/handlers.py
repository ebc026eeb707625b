"""What notify does when intake speaks of a resident: keep the newest projection."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.models import Recipient
from shared.bus.message import BatchHandler, Handlers, Message
from shared.contracts.intake import ResidentChanged, ResidentRegistered

ResidentMessage = ResidentRegistered | ResidentChanged


def _recipient_locks(messages: Sequence[Message[ResidentMessage]]) -> list[str]:
    return [message.subject for message in messages]


async def upsert_recipients(tx: AsyncSession, messages: list[Message[ResidentMessage]]) -> None:
    """Take over each projection unless a newer one is known; order and repetition don't matter."""
    newest = {m.content.resident_id: m for m in sorted(messages, key=lambda m: m.sequence)}
    heard = insert(Recipient).values(
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
    # `<=` and not `<`: a snapshot says again what the last message said.
    await tx.execute(
        heard.on_conflict_do_update(
            index_elements=[Recipient.resident_id],
            set_={
                "phone_sealed": heard.excluded.phone_sealed,
                "language": heard.excluded.language,
                "version": heard.excluded.version,
            },
            where=(Recipient.version <= heard.excluded.version)
            & (Recipient.station_id == heard.excluded.station_id),
        )
    )


HANDLERS: Handlers = {
    ResidentRegistered: BatchHandler(upsert_recipients, _recipient_locks, replayable=True),
    ResidentChanged: BatchHandler(upsert_recipients, _recipient_locks, replayable=True),
}
