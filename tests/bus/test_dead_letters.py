"""Collection of dead letters: parked in the inbox with the reason, and gone from the queue."""

import asyncio
import gc

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.bus.admin import redrive
from shared.bus.admin.redrive import Operator
from shared.bus.inbox.dead_letters import DeadLetterCollector
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.message import Handlers
from shared.bus.transport.base import Disconnected, Publishing
from shared.bus.transport.in_process import InProcessTransport
from shared.bus.transport.rabbit import RabbitTransport
from shared.bus.transport.topology import DELIVERY_LIMIT, Names
from shared.contracts.intake import WishOpened
from tests.bus.harness import (
    STATION,
    BusHarness,
    Replica,
    has_count,
    insert_handled,
    make_outgoing,
    make_wish_opened,
    wait_until,
)
from tests.support.proxy import Proxy

HANDLERS: Handlers = {WishOpened: [insert_handled]}
DISPATCHER = Dispatcher(HANDLERS)
COLLECT_INTERVAL_SECONDS = 0.05


def create_collector(harness: BusHarness, replica: Replica) -> DeadLetterCollector:
    """Create the collector of dead letters of a replica's service."""
    transport = harness.get_transport()
    return DeadLetterCollector(
        replica.service,
        replica.sessions,
        DISPATCHER,
        transport,
        interval_seconds=COLLECT_INTERVAL_SECONDS,
    )


async def publish(harness: BusHarness, *messages: Publishing) -> None:
    """Publish messages without an outbox."""
    publisher = await harness.get_transport().publisher("intake")
    await publisher.publish(messages)
    await publisher.close()


async def reject(harness: BusHarness, count: int, *, requeue: bool = False) -> None:
    """Reject `count` deliveries of notify's queue, for good or with `requeue`."""
    async with await aio_pika.connect(harness.amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(Names(harness.prefix).queue("notify"))
        refused = 0
        async with queue.iterator(timeout=10) as deliveries:
            async for delivery in deliveries:
                await delivery.reject(requeue=requeue)
                refused += 1
                if refused == count:
                    break


async def count_dead_letters(harness: BusHarness) -> int:
    """Count the messages in the queue of dead letters."""
    async with await aio_pika.connect(harness.amqp_url) as connection:
        channel: AbstractChannel = await connection.channel()
        name = Names(harness.prefix).dead_queue("notify")
        queue = await channel.declare_queue(name, passive=True)
        return queue.declaration_result.message_count or 0


async def test_take_on_a_frozen_connection_raises_disconnected_and_is_not_cancelled(
    rabbit_harness: BusHarness, amqp_url: str
) -> None:
    """A cancellation by aiormq must not end the collector, which waits on this call, for good."""
    await rabbit_harness.bind(notify=[WishOpened])
    async with Proxy(amqp_url) as proxy:
        transport = RabbitTransport(proxy.url, prefix=rabbit_harness.prefix)
        channel = await transport.dead_letters("notify")
        proxy.delay_seconds = 5.0
        waiting = asyncio.create_task(channel.take(1))
        connection = transport._dead_letter_connection._connection
        assert connection is not None
        assert connection.transport is not None
        reader: asyncio.Task[None] = connection.transport.connection._reader_task  # type: ignore[attr-defined]
        # aiormq cancels its reader after three missed heartbeats.
        asyncio.get_running_loop().call_later(0.1, reader.cancel)
        with pytest.raises(Disconnected):
            await waiting
        proxy.cut()
        await transport.close()


async def test_dead_letters_are_parked_with_their_reason_and_handled_when_retried(
    rabbit_harness: BusHarness,
) -> None:
    harness = rabbit_harness
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", HANDLERS)
    await publish(
        harness, *(make_outgoing(make_wish_opened(f"lamp {number}")) for number in range(3))
    )
    await reject(harness, 3)
    await wait_until(lambda: has_count(count_dead_letters(harness), 3))
    channel = await harness.get_transport().dead_letters("notify")
    assert channel is not None
    assert await channel.depths() == {"messages": 0, "dead letters": 3}
    await channel.close()

    assert await create_collector(harness, notify).drain() == 3

    assert await count_dead_letters(harness) == 0
    parked = await notify.fetch_rows("SELECT * FROM inbox")
    assert {(row.state, row.type, row.station_id) for row in parked} == {
        ("parked", WishOpened.type, STATION)
    }
    queue = Names(harness.prefix).queue("notify")
    assert {row.error for row in parked} == {f"given up by the broker: rejected in {queue}"}

    operator = Operator("notify", "a test", STATION)
    async with notify.sessions() as tx, tx.begin():
        await redrive.retry_all(tx, operator, WishOpened.type, "the queue is well again")
    await notify.start(relay=False)
    await wait_until(lambda: has_count(notify.count("handled"), 3))
    assert await notify.count("inbox WHERE state = 'done'") == 3


async def test_message_delivered_too_often_is_parked_with_the_limit_as_reason(
    rabbit_harness: BusHarness,
) -> None:
    harness = rabbit_harness
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", HANDLERS)
    await publish(harness, make_outgoing(make_wish_opened()))
    await reject(harness, DELIVERY_LIMIT + 1, requeue=True)
    await wait_until(lambda: has_count(count_dead_letters(harness), 1))

    await create_collector(harness, notify).drain()

    [row] = await notify.fetch_rows("SELECT * FROM inbox")
    assert row.error.startswith("given up by the broker: delivery_limit in ")


async def test_dead_letter_of_a_handled_message_is_only_acknowledged(
    rabbit_harness: BusHarness,
) -> None:
    harness = rabbit_harness
    await harness.bind(notify=[WishOpened])
    notify = await harness.create_replica("notify", HANDLERS).start(relay=False)
    message = make_outgoing(make_wish_opened())
    await publish(harness, message)
    await wait_until(lambda: has_count(notify.count("handled"), 1))
    await notify.consumer.stop()
    await publish(harness, message)
    await reject(harness, 1)
    await wait_until(lambda: has_count(count_dead_letters(harness), 1))

    assert await create_collector(harness, notify).drain() == 0

    assert await count_dead_letters(harness) == 0
    [row] = await notify.fetch_rows("SELECT * FROM inbox")
    assert row.state == "done"


async def test_dead_letter_that_is_no_message_has_no_station(rabbit_harness: BusHarness) -> None:
    harness = rabbit_harness
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", HANDLERS)
    genuine = make_outgoing(make_wish_opened())
    await publish(
        harness,
        Publishing(genuine.id, genuine.type, genuine.correlation, b"\xff\x00", mandatory=True),
    )
    await reject(harness, 1)
    await wait_until(lambda: has_count(count_dead_letters(harness), 1))

    await create_collector(harness, notify).drain()

    [row] = await notify.fetch_rows("SELECT * FROM inbox")
    assert (row.state, row.station_id, row.body) == ("parked", None, b"\xff\x00")
    assert "not a message" in row.error


async def test_collectors_of_all_replicas_park_dead_letters(rabbit_harness: BusHarness) -> None:
    harness = rabbit_harness
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", HANDLERS)
    collectors = [create_collector(harness, notify) for _ in range(2)]
    for collector in collectors:
        await collector.start()
    await publish(harness, *(make_outgoing(make_wish_opened()) for _ in range(120)))
    await reject(harness, 120)
    await wait_until(lambda: has_count(notify.count("inbox WHERE state = 'parked'"), 120))
    await wait_until(lambda: has_count(count_dead_letters(harness), 0))
    for collector in collectors:
        assert collector.alive
        await collector.stop()
        await collector.stop()
        assert not collector.alive


async def test_polling_leaves_no_objects_behind(rabbit_harness: BusHarness) -> None:
    await rabbit_harness.bind(notify=[WishOpened])
    notify = rabbit_harness.create_replica("notify", HANDLERS)
    collector = create_collector(rabbit_harness, notify)
    for _ in range(10):
        await collector.drain()
    before = _count_objects()
    for _ in range(300):
        await collector.drain()
    # One a poll would be 300; what a loop keeps of its timers isn't a leak.
    assert _count_objects() - before < 150
    await collector.stop()


def _count_objects() -> int:
    gc.collect()
    return len(gc.get_objects())


async def test_collector_waits_for_an_unreachable_broker(rabbit_harness: BusHarness) -> None:
    notify = rabbit_harness.create_replica("notify", HANDLERS)
    unreachable = RabbitTransport("amqp://guest:guest@127.0.0.1:1/")
    collector = DeadLetterCollector(
        "notify",
        notify.sessions,
        DISPATCHER,
        unreachable,
        interval_seconds=COLLECT_INTERVAL_SECONDS,
    )
    with pytest.raises(Disconnected):
        await collector.drain()
    await collector.start()
    assert collector.alive
    await collector.stop()


async def test_in_process_transport_has_no_dead_letters(inprocess_harness: BusHarness) -> None:
    notify = inprocess_harness.create_replica("notify", HANDLERS)
    transport = InProcessTransport({"notify": frozenset({WishOpened.type})})
    assert await DeadLetterCollector("notify", notify.sessions, DISPATCHER, transport).drain() == 0
