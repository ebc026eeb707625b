"""What notify does when something happened that people are told about."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.actions import insert_deliveries
from services.notify.deliveries.drafts import drafts_of
from services.notify.wording.rules import NOTIFICATION_RULES
from shared.bus.admin.snapshots import is_snapshot
from shared.bus.message import BatchHandler, Handlers, Message


async def create_deliveries(tx: AsyncSession, messages: list[Message[Any]]) -> None:
    """Make the deliveries of the messages, all at once; a snapshot tells nobody anything new.

    One recipient who isn't known yet makes the whole batch NotYet: the consumer halves it until
    only that message waits.
    """
    news = [message for message in messages if not is_snapshot(message.causation)]
    await insert_deliveries(tx, [draft for message in news for draft in drafts_of(message)])


HANDLERS: Handlers = {contract: BatchHandler(create_deliveries) for contract in NOTIFICATION_RULES}
