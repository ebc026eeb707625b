"""Isolation of messages: what is one's own fault or somebody else's, over both transports."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus import message_keys
from shared.bus.inbox.store import DueSelection
from shared.bus.message import BatchHandler, Message
from shared.contracts.intake import WishDeclined, WishOpened
from shared.db import make_engine
from tests.bus.harness import (
    BusHarness,
    Replica,
    has_count,
    insert_handled,
    make_outgoing,
    make_wish_declined,
    make_wish_opened,
    publish_batch,
    wait_until,
)
from tests.bus.inbox_rows import execute

WishOpenedMessage = Message[WishOpened]
ALONE = DueSelection("notify", deferred=False, alone=True)
TOGETHER = DueSelection("notify", deferred=False, alone=False)


async def change_tally(tx: AsyncSession, message: WishOpenedMessage) -> None:
    """Handle a message by counting in the row that its title names."""
    await insert_handled(tx, message)
    await tx.execute(
        text("UPDATE tallies SET total = total + 1 WHERE name = :name"),
        {"name": message.content.title},
    )


@asynccontextmanager
async def open_elsewhere(harness: BusHarness, sql: str, **values: object) -> AsyncIterator[None]:
    """Hold a transaction open in a session of somebody else, after one statement."""
    engine = make_engine(harness.database_url, schema="notify")
    async with engine.connect() as conn:
        await conn.execute(text("SET idle_in_transaction_session_timeout = 0"))
        await conn.execute(text(sql), values)
        yield
        await conn.rollback()
    await engine.dispose()


async def publish_in_background(
    notify: Replica, wishes: list[WishOpened]
) -> tuple[asyncio.Task[None], list[str]]:
    """Start publishing wishes; return the task and the ids of the messages."""
    outgoing = [make_outgoing(one) for one in wishes]
    task = asyncio.create_task(publish_batch(notify, outgoing))
    return task, [one.id for one in outgoing]


async def test_locked_row_delays_only_the_messages_that_need_it(harness: BusHarness) -> None:
    transactions = 0

    async def handle(tx: AsyncSession, messages: list[WishOpenedMessage]) -> None:
        nonlocal transactions
        transactions += 1
        for message in messages:
            await change_tally(tx, message)

    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [BatchHandler(handle)]})
    await execute(notify, "INSERT INTO tallies VALUES ('held', 0), ('free', 0)")
    wishes = [make_wish_opened("held" if n % 20 == 0 else "free") for n in range(200)]
    async with open_elsewhere(harness, "UPDATE tallies SET total = 0 WHERE name = 'held'"):
        publishing, _ = await publish_in_background(notify, wishes)
        await notify.start(relay=False)
        await wait_until(lambda: has_count(notify.count("handled"), 190))
        await publishing
        waiting = await notify.fetch_rows("SELECT * FROM inbox WHERE state <> 'done'")
        assert {(one.state, one.attempts) for one in waiting} == {("retry", 0)}
        assert len(waiting) == 10
    # A batch and each of its messages; halving made a transaction for each half of each half.
    assert transactions <= 2 * 200 + 20
    await wait_until(lambda: has_count(notify.count("handled"), 200))
    [held] = await notify.fetch_rows("SELECT total FROM tallies WHERE name = 'held'")
    assert held.total == 10


async def test_contention_is_tried_again_within_five_seconds(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [change_tally]})
    await execute(notify, "INSERT INTO tallies VALUES ('held', 0)")
    async with open_elsewhere(harness, "UPDATE tallies SET total = 0 WHERE name = 'held'"):
        publishing, _ = await publish_in_background(notify, [make_wish_opened("held")])
        await notify.start(relay=False)
        await wait_until(lambda: notify.count("inbox WHERE state = 'retry'"))
        # While a message is claimed, its time is the end of the lease.
        late = "inbox WHERE due_at > now() + interval '5 seconds' AND claims = 0"
        for _ in range(5):
            await wait_until(lambda: notify.count("inbox WHERE due_at < now()"))
            await notify.consumer.retry_worker.run_due()
            assert await notify.count(late) == 0
    await publishing


async def test_message_whose_inbox_row_is_locked_stays_unacknowledged(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [insert_handled]})
    publishing, ids = await publish_in_background(
        notify, [make_wish_opened(f"wish {number}") for number in range(60)]
    )
    key = message_keys.message_key(WishOpened.source, ids[30])
    frozen = (
        "INSERT INTO inbox (consumer, message_key, type, correlation, state)"
        " VALUES ('notify', :key, 'x', :key, 'done')"
    )
    async with open_elsewhere(harness, frozen, key=key):
        await notify.start(relay=False)
        await wait_until(lambda: has_count(notify.count("handled"), 59))
        subscription = notify.consumer.reader.subscription
        assert await notify.count("inbox") == 59
    # The frozen replica's transaction is gone: the delivery is tried again on the same channel.
    await wait_until(lambda: has_count(notify.count("handled"), 60))
    assert notify.consumer.reader.subscription is subscription
    assert await notify.count("inbox WHERE state = 'done' AND attempts = 0") == 60
    await publishing


async def test_session_that_idles_in_a_transaction_is_ended(harness: BusHarness) -> None:
    notify = harness.create_replica("notify", {})
    for engine, expected in ((notify.engine, "15s"), (notify.relay_engine, "15s")):
        async with engine.connect() as conn:
            setting = await conn.scalar(text("SHOW idle_in_transaction_session_timeout"))
        assert setting == expected


async def test_read_only_database_parks_nothing(harness: BusHarness) -> None:
    read_only, tries = True, 0

    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        nonlocal tries
        tries += 1
        if read_only:
            await tx.execute(text("SET TRANSACTION READ ONLY"))
        await insert_handled(tx, message)

    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [handle]})
    publishing, _ = await publish_in_background(notify, [make_wish_opened() for _ in range(30)])
    await notify.start(relay=False)

    async def was_tried_often() -> bool:
        return tries >= 3

    await wait_until(was_tried_often)
    subscription = notify.consumer.reader.subscription
    assert await notify.count("inbox") == 0
    read_only = False
    await wait_until(lambda: has_count(notify.count("handled"), 30))
    # Returned to the queue, the deliveries would have counted against their messages.
    assert notify.consumer.reader.subscription is subscription
    assert await notify.count("inbox WHERE state = 'done' AND attempts = 0") == 30
    await publishing


async def test_type_of_a_newer_version_waits_a_day(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened, WishDeclined])
    old = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start(relay=False)
    await publish_batch(old, [make_outgoing(make_wish_declined())])
    await wait_until(lambda: old.count("inbox WHERE state = 'retry' AND attempts = 0"))
    with clock.shifted(timedelta(hours=23)):
        await old.consumer.retry_worker.run_due()
    assert await old.count("inbox WHERE state = 'retry' AND attempts = 0") == 1
    await old.consumer.stop()

    new = harness.create_replica(
        "notify", {WishOpened: [insert_handled], WishDeclined: [insert_handled]}
    )
    with clock.shifted(timedelta(hours=23, minutes=5)):
        await new.consumer.retry_worker.run_due()
    assert await new.count("handled") == 1


async def test_unknown_type_is_parked_after_a_day(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened, WishDeclined])
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
        relay=False
    )
    await publish_batch(notify, [make_outgoing(make_wish_declined())])
    await wait_until(lambda: notify.count("inbox WHERE state = 'retry'"))
    with clock.shifted(timedelta(days=1, minutes=5)):
        await notify.consumer.retry_worker.run_due()
    [parked] = await notify.fetch_rows("SELECT * FROM inbox WHERE state = 'parked'")
    assert parked.error == "no handler for this type"
