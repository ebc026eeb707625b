"""A notify service with rows in its inbox, and operators."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.admin import redrive
from shared.bus.admin.redrive import InboxFilter, Operator
from shared.bus.message import Message, SingleHandler
from shared.bus.outbox.record import OutgoingMessage
from shared.contracts.intake import WishDeclined, WishOpened
from shared.errors import Conflict
from shared.pagination import PageRequest
from tests.bus.harness import STATION, BusHarness, Replica, has_count, insert_handled, wait_until

OTHER_STATION = UUID("01900000-0000-7000-8000-000000000002")
UNSCOPED_OPERATOR = Operator("notify", "root (command line)")
STATION_OPERATOR = Operator("notify", "0190-somebody", STATION)
OTHER_STATION_OPERATOR = Operator("notify", "0190-somebody-else", OTHER_STATION)
MAX_PAGE = PageRequest(limit=100)


async def refuse_message(_tx: AsyncSession, message: Message[WishOpened]) -> None:
    """Refuse every message."""
    raise Conflict(f"No room for {message.content.title}")


async def deliver_to_notify(
    harness: BusHarness, *messages: OutgoingMessage, fails: bool = True
) -> Replica:
    """Create notify and deliver messages to it, which its handler refuses if it `fails`."""
    await harness.bind(notify=[WishOpened, WishDeclined])
    intake = await harness.create_replica("intake").start(consumer=False)
    handler = refuse_message if fails else insert_handled
    notify = harness.create_replica("notify", {WishOpened: [handler], WishDeclined: [handler]})
    await notify.start(relay=False)
    await intake.record(*messages)
    await wait_until(intake.is_idle)
    await wait_until(lambda: has_count(notify.count("inbox"), len(messages)))
    await notify.consumer.stop()
    return notify


def create_fixed_replica(harness: BusHarness, *, replayable: bool = False) -> Replica:
    """Create another replica of notify, whose handler is fixed."""
    handler = SingleHandler(insert_handled, replayable=replayable)
    return harness.create_replica("notify", {WishOpened: [handler], WishDeclined: [handler]})


async def list_keys(
    notify: Replica, operator: Operator, message_filter: InboxFilter | None = None
) -> list[UUID]:
    """List the keys of failed messages that an operator may read."""
    async with notify.sessions() as tx:
        page = await redrive.list_failed(tx, operator, message_filter or InboxFilter(), MAX_PAGE)
    return [row.message_key for row in page.items]


async def execute(replica: Replica, sql: str) -> None:
    """Run a statement in a replica's database."""
    async with replica.sessions.begin() as tx:
        await tx.execute(text(sql))
