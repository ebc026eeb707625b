"""Notify with messages that its inbox keeps, and operators who see them."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.admin import redrive
from shared.bus.admin.redrive import Operator, Wanted
from shared.bus.message import Message, One
from shared.bus.outbox.record import Fact
from shared.contracts.intake import WishDeclined, WishOpened
from shared.db import Slice
from shared.errors import Conflict
from tests.bus.harness import STATION, Replica, Rig, equal, note, until

ELSEWHERE = UUID("01900000-0000-7000-8000-000000000002")
ANYBODY = Operator("notify", "root (command line)")
HERE = Operator("notify", "0190-somebody", STATION)
THERE = Operator("notify", "0190-somebody-else", ELSEWHERE)
EVERYTHING = Slice(limit=100)


async def refuse(_tx: AsyncSession, message: Message[WishOpened]) -> None:
    """A handler that takes nothing."""
    raise Conflict(f"No room for {message.content.title}")


async def given(rig: Rig, *facts: Fact, broken: bool = True) -> Replica:
    """Notify, which was told these things and refused them while it is broken."""
    await rig.bind(notify=[WishOpened, WishDeclined])
    intake = await rig.replica("intake").start(consumer=False)
    handler = refuse if broken else note
    notify = rig.replica("notify", {WishOpened: handler, WishDeclined: handler})
    await notify.start(relay=False)
    await intake.record(*facts)
    await until(intake.idle)
    await until(lambda: equal(notify.count("inbox"), len(facts)))
    await notify.consumer.stop()
    return notify


def mended(rig: Rig, *, may_repeat: bool = False) -> Replica:
    """Another replica of notify, with the fault mended."""
    handler = One(note, may_repeat=may_repeat)
    return rig.replica("notify", {WishOpened: handler, WishDeclined: handler})


async def keys(notify: Replica, operator: Operator, wanted: Wanted | None = None) -> list[UUID]:
    """The keys of what an operator is shown."""
    async with notify.sessions() as tx:
        found = await redrive.kept(tx, operator, wanted or Wanted(), EVERYTHING)
    return [row.message_key for row in found.items]


async def execute(replica: Replica, sql: str) -> None:
    """Run a statement in a replica's database."""
    async with replica.sessions.begin() as tx:
        await tx.execute(text(sql))
