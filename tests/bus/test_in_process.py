"""The in-process transport alone: the moment of its confirms, and injected faults."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.message import Message
from shared.bus.transport.base import Disconnected, PublishOutcome
from shared.bus.transport.in_process import Faults, InProcessTransport
from shared.contracts.intake import WishOpened
from tests.bus.harness import (
    BusHarness,
    insert_handled,
    make_message,
    make_outgoing,
    make_wish_opened,
    wait_until,
)


async def test_publish_is_confirmed_only_after_every_reader_committed(
    inprocess_harness: BusHarness,
) -> None:
    harness = inprocess_harness
    go_on = asyncio.Event()

    async def slow(tx: AsyncSession, message: Message[WishOpened]) -> None:
        await go_on.wait()
        await insert_handled(tx, message)

    await harness.bind(notify=[WishOpened], volunteers=[WishOpened])
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
        relay=False
    )
    await harness.create_replica("volunteers", {WishOpened: [slow]}).start(relay=False)
    publisher = await harness.get_transport().publisher("intake")
    publishing = asyncio.create_task(publisher.publish([make_outgoing(make_wish_opened())]))

    await wait_until(lambda: notify.count("handled"))
    assert not publishing.done()
    go_on.set()
    assert await publishing == [PublishOutcome.CONFIRMED]


async def test_failed_message_is_confirmed_because_the_inbox_stores_it(
    inprocess_harness: BusHarness,
) -> None:
    async def fail(_tx: AsyncSession, _message: Message[WishOpened]) -> None:
        raise ValueError

    await inprocess_harness.bind(notify=[WishOpened])
    notify = await inprocess_harness.create_replica("notify", {WishOpened: [fail]}).start(
        relay=False
    )
    publisher = await inprocess_harness.get_transport().publisher("intake")

    assert await publisher.publish([make_outgoing(make_wish_opened())]) == [
        PublishOutcome.CONFIRMED
    ]
    assert await notify.count("inbox WHERE state = 'retry'") == 1


async def test_timeout_abandons_the_wait_and_never_the_handler(
    inprocess_harness: BusHarness,
) -> None:
    harness = inprocess_harness
    harness.confirm_timeout = 0.05
    go_on = asyncio.Event()

    async def slow(tx: AsyncSession, message: Message[WishOpened]) -> None:
        await go_on.wait()
        await insert_handled(tx, message)

    await harness.bind(notify=[WishOpened])
    notify = await harness.create_replica("notify", {WishOpened: [slow]}).start(relay=False)
    publisher = await harness.get_transport().publisher("intake")
    message = make_outgoing(make_wish_opened())

    assert await publisher.publish([message]) == [PublishOutcome.UNKNOWN]
    assert await publisher.publish([message]) == [PublishOutcome.UNKNOWN]
    go_on.set()
    await wait_until(lambda: notify.count("handled"))

    async def confirmed() -> bool:
        return await publisher.publish([message]) == [PublishOutcome.CONFIRMED]

    await wait_until(confirmed)
    assert await notify.count("handled") == 1


async def test_message_that_nobody_reads_is_refused_only_when_mandatory() -> None:
    transport = InProcessTransport({"notify": frozenset()})
    publisher = await transport.publisher("intake")
    message = make_outgoing(make_wish_opened())

    assert await publisher.publish([message]) == [PublishOutcome.REFUSED]
    await publisher.close()
    with pytest.raises(Disconnected):
        await publisher.publish([message])


async def test_closed_transport_ends_its_subscriptions() -> None:
    transport = InProcessTransport({"notify": frozenset()})
    subscription = await transport.subscribe("notify", 1)
    await transport.close()

    assert not subscription.alive
    with pytest.raises(Disconnected):
        await subscription.take(1)
    with pytest.raises(Disconnected):
        await subscription.ack([])


@pytest.mark.parametrize("seed", range(3))
async def test_each_message_is_handled_once_despite_faults(
    inprocess_harness: BusHarness, seed: int
) -> None:
    harness = inprocess_harness
    harness.faults = Faults(
        seed, drop_confirm=0.2, duplicate=0.3, delay=0.005, crash_before_delete=0.05
    )
    await harness.bind(notify=[WishOpened])
    intake = await harness.create_replica("intake").start(consumer=False)
    replicas = [
        await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
        for _ in range(2)
    ]
    for _ in range(5):
        await intake.record(*(make_message(make_wish_opened()) for _ in range(20)))

    await wait_until(intake.is_idle, 30)
    rows = await replicas[0].fetch_rows("SELECT message_id FROM handled")
    assert len({row.message_id for row in rows}) == len(rows) == 100
