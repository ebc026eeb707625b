"""What is done about a message that the inbox has already."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.inbox.store import IncomingMessage
from shared.bus.tables import inbox

_COMPLETE_REPEATED = text(
    "UPDATE inbox SET recorded_at = repeated.recorded_at"
    " FROM unnest(CAST(:keys AS uuid[]), CAST(:old_keys AS uuid[]),"
    " CAST(:recorded AS timestamptz[])) AS repeated (key, old_key, recorded_at)"
    " WHERE consumer = :consumer AND message_key IN (key, old_key) AND inbox.recorded_at IS NULL"
)


async def complete_repeated(
    tx: AsyncSession, consumer: str, messages: Sequence[IncomingMessage]
) -> None:
    """Add to the rows of repeated messages when they were recorded, where that was unknown.

    Rows of an early release, or of a replay, would be missing for ever when messages are counted.
    """
    if dated := [one for one in messages if one.recorded_at is not None]:
        values = {
            "consumer": consumer,
            "keys": [one.key for one in dated],
            "old_keys": [one.old_key for one in dated],
            "recorded": [one.recorded_at for one in dated],
        }
        await tx.execute(_COMPLETE_REPEATED, values)


async def has_other_content(tx: AsyncSession, consumer: str, one: IncomingMessage) -> bool:
    """Return whether the inbox has another message under this key; rows may have no digest."""
    if one.digest is None:
        return False
    stored = await tx.scalar(
        select(inbox.c.content_digest).where(
            inbox.c.consumer == consumer, inbox.c.message_key == one.key
        )
    )
    return stored is not None and stored != one.digest
