"""What only the in-process transport can show: when it confirms, and faults on purpose."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.message import Message
from shared.bus.transport.base import Disconnected, Outcome
from shared.bus.transport.in_process import Faults, InProcessTransport
from shared.contracts.intake import WishOpened
from tests.bus.harness import Rig, fact, note, outgoing, until, wish


async def test_publish_is_confirmed_only_after_every_reader_committed(inprocess_rig: Rig) -> None:
    rig = inprocess_rig
    go_on = asyncio.Event()

    async def slow(tx: AsyncSession, message: Message[WishOpened]) -> None:
        await go_on.wait()
        await note(tx, message)

    await rig.bind(notify=[WishOpened], volunteers=[WishOpened])
    notify = await rig.replica("notify", {WishOpened: note}).start(relay=False)
    await rig.replica("volunteers", {WishOpened: slow}).start(relay=False)
    publisher = await rig.transport().publisher("intake")
    publishing = asyncio.create_task(publisher.publish([outgoing(wish())]))

    await until(lambda: notify.count("seen"))
    assert not publishing.done()
    go_on.set()
    assert await publishing == [Outcome.CONFIRMED]


async def test_failure_is_confirmed_since_the_inbox_keeps_it(inprocess_rig: Rig) -> None:
    async def fail(_tx: AsyncSession, _message: Message[WishOpened]) -> None:
        raise ValueError

    await inprocess_rig.bind(notify=[WishOpened])
    notify = await inprocess_rig.replica("notify", {WishOpened: fail}).start(relay=False)
    publisher = await inprocess_rig.transport().publisher("intake")

    assert await publisher.publish([outgoing(wish())]) == [Outcome.CONFIRMED]
    assert await notify.count("inbox WHERE state = 'retry'") == 1


async def test_timeout_abandons_the_wait_and_never_the_handler(inprocess_rig: Rig) -> None:
    rig = inprocess_rig
    rig.confirm_timeout = 0.05
    go_on = asyncio.Event()

    async def slow(tx: AsyncSession, message: Message[WishOpened]) -> None:
        await go_on.wait()
        await note(tx, message)

    await rig.bind(notify=[WishOpened])
    notify = await rig.replica("notify", {WishOpened: slow}).start(relay=False)
    publisher = await rig.transport().publisher("intake")
    message = outgoing(wish())

    assert await publisher.publish([message]) == [Outcome.UNKNOWN]
    assert await publisher.publish([message]) == [Outcome.UNKNOWN]
    go_on.set()
    await until(lambda: notify.count("seen"))

    async def confirmed() -> bool:
        return await publisher.publish([message]) == [Outcome.CONFIRMED]

    await until(confirmed)
    assert await notify.count("seen") == 1


async def test_message_that_nobody_reads_is_refused_only_when_mandatory() -> None:
    transport = InProcessTransport({"notify": frozenset()})
    publisher = await transport.publisher("intake")
    message = outgoing(wish())

    assert await publisher.publish([message]) == [Outcome.REFUSED]
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
async def test_whatever_goes_wrong_each_message_is_handled_once(
    inprocess_rig: Rig, seed: int
) -> None:
    rig = inprocess_rig
    rig.faults = Faults(
        seed, drop_confirm=0.2, duplicate=0.3, delay=0.005, crash_before_delete=0.05
    )
    await rig.bind(notify=[WishOpened])
    intake = await rig.replica("intake").start(consumer=False)
    replicas = [await rig.replica("notify", {WishOpened: note}).start() for _ in range(2)]
    for _ in range(5):
        await intake.record(*(fact(wish()) for _ in range(20)))

    await until(intake.idle, 30)
    rows = await replicas[0].rows("SELECT message_id FROM seen")
    assert len({row.message_id for row in rows}) == len(rows) == 100
