"""The message handler that creates deliveries."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.actions import insert_deliveries
from services.notify.deliveries.drafts import drafts_of
from services.notify.wording.rules import NOTIFICATION_RULES
from shared.bus.admin.snapshots import is_snapshot
from shared.bus.message import BatchHandler, Handlers, Message


async def create_deliveries(tx: AsyncSession, messages: list[Message[Any]]) -> None:
    """Insert the deliveries of the messages, all at once; a snapshot notifies nobody.

    Raises: NotYet for the whole batch if one recipient is unknown: the consumer halves the batch
    until only that message waits.
    """
    news = [message for message in messages if not is_snapshot(message.causation)]
    await insert_deliveries(tx, [draft for message in news for draft in drafts_of(message)])


HANDLERS: Handlers = {contract: BatchHandler(create_deliveries) for contract in NOTIFICATION_RULES}
