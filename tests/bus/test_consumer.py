"""The consumer's treatment of deliveries, over both transports."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.message import Handlers, Message
from shared.bus.transport.base import Publishing, TransportDelivery
from shared.contracts.contract import AnyMessage
from shared.contracts.intake import WishDeclined, WishOpened
from shared.errors import Conflict, NotYet
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

WishOpenedMessage = Message[WishOpened]


async def test_failing_message_does_not_fail_its_batch(harness: BusHarness) -> None:
    broken = True

    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        if broken and message.content.title == "the broken one":
            raise ValueError("no lamp at 13812345678")
        await insert_handled(tx, message)

    notify = await _deliver_batch(
        harness, {WishOpened: [handle]}, [*_make_wishes(99), make_wish_opened("the broken one")]
    )
    await wait_until(lambda: has_count(notify.count("inbox"), 100))

    assert await notify.count("handled") == 99
    [failed] = await notify.fetch_rows("SELECT * FROM inbox WHERE state <> 'done'")
    assert (failed.state, failed.attempts) == ("retry", 1)
    assert failed.error == "ValueError: no lamp at …"

    broken = False
    with clock.shifted(timedelta(hours=2)):
        notify.consumer.retry_worker.wake.set()
        await wait_until(lambda: has_count(notify.count("handled"), 100))
    [retried] = await notify.fetch_rows("SELECT * FROM inbox WHERE attempts > 0")
    assert (retried.state, retried.body, retried.error, retried.attempts) == ("done", None, None, 2)


async def test_batch_is_split_when_a_constraint_fails_at_commit(harness: BusHarness) -> None:
    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        await insert_handled(tx, message)
        if message.content.title == "an orphan":
            await tx.execute(text("INSERT INTO children VALUES ('nobody')"))

    notify = await _deliver_batch(
        harness, {WishOpened: [handle]}, [make_wish_opened("an orphan"), *_make_wishes(30)]
    )
    await wait_until(lambda: has_count(notify.count("inbox"), 31))

    assert await notify.count("handled") == 30
    [failed] = await notify.fetch_rows("SELECT * FROM inbox WHERE state <> 'done'")
    assert failed.state == "retry"
    assert "IntegrityError" in failed.error


async def test_message_before_its_cause_is_deferred_without_counting_an_attempt(
    harness: BusHarness,
) -> None:
    has_cause = False

    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        if not has_cause:
            raise NotYet
        await insert_handled(tx, message)

    notify = await _deliver_batch(harness, {WishOpened: [handle]}, [make_wish_opened()])
    await wait_until(lambda: notify.count("inbox WHERE state = 'retry'"))
    with clock.shifted(timedelta(minutes=2)):
        await wait_until(lambda: notify.count("inbox WHERE waits = 2"))
    [deferred] = await notify.fetch_rows("SELECT * FROM inbox")
    assert deferred.attempts == 0

    has_cause = True
    with clock.shifted(timedelta(minutes=5)):
        notify.consumer.retry_worker.wake.set()
        await wait_until(lambda: notify.count("handled"))


async def test_deferred_message_is_parked_after_seven_days(harness: BusHarness) -> None:
    async def handle(_tx: AsyncSession, _message: WishOpenedMessage) -> None:
        raise NotYet

    notify = await _deliver_batch(harness, {WishOpened: [handle]}, [make_wish_opened()])
    await wait_until(lambda: notify.count("inbox WHERE state = 'retry'"))
    with clock.shifted(timedelta(days=7, minutes=1)):
        await wait_until(lambda: notify.count("inbox WHERE state = 'parked'"))


async def test_problem_parks_the_message_at_once(harness: BusHarness) -> None:
    async def handle(_tx: AsyncSession, _message: WishOpenedMessage) -> None:
        raise Conflict("The wish is closed")

    notify = await _deliver_batch(harness, {WishOpened: [handle]}, [make_wish_opened()])
    await wait_until(lambda: notify.count("inbox WHERE state = 'parked'"))

    [parked] = await notify.fetch_rows("SELECT * FROM inbox")
    assert parked.error == "Conflict: The wish is closed"
    assert parked.body is not None
    assert parked.due_at is None


async def test_message_from_another_source_is_parked_without_a_handler_call(
    harness: BusHarness,
) -> None:
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [insert_handled]})
    await notify.start(relay=False)
    publishing = asyncio.create_task(
        publish_batch(notify, [make_outgoing(make_wish_opened(), source="/services/notify")])
    )
    await wait_until(lambda: notify.count("inbox WHERE state = 'parked'"))
    await publishing

    assert await notify.count("handled") == 0


async def test_twelfth_failure_parks_the_message(harness: BusHarness) -> None:
    calls = 0

    async def handle(_tx: AsyncSession, _message: WishOpenedMessage) -> None:
        nonlocal calls
        calls += 1
        raise ValueError("never")

    notify = await _deliver_batch(harness, {WishOpened: [handle]}, [make_wish_opened()])
    await wait_until(lambda: notify.count("inbox WHERE state = 'retry'"))
    for hours in range(2, 40, 2):
        with clock.shifted(timedelta(hours=hours)):
            await notify.consumer.retry_worker.run_due()
    [parked] = await notify.fetch_rows("SELECT * FROM inbox")
    assert (parked.state, parked.attempts, calls) == ("parked", 12, 12)


@pytest.mark.parametrize("state", ["40P01", "40001"])
async def test_contention_reruns_the_batch_without_counting_an_attempt(
    harness: BusHarness, state: str
) -> None:
    times = 0

    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        nonlocal times
        times += 1
        if times <= 2:
            await tx.execute(text(f"DO $$BEGIN RAISE SQLSTATE '{state}'; END$$"))
        await insert_handled(tx, message)

    notify = await _deliver_batch(harness, {WishOpened: [handle]}, [make_wish_opened()])
    await wait_until(lambda: notify.count("handled"))

    assert times == 3
    assert await notify.count("inbox WHERE state = 'done' AND attempts = 0") == 1


async def test_unknown_message_waits_and_malformed_ones_are_parked(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened, WishDeclined])
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
        relay=False
    )
    unknown = make_outgoing(make_wish_declined())
    genuine = make_outgoing(make_wish_opened())
    mislabelled = Publishing(
        genuine.id + "x", WishDeclined.type, genuine.correlation, genuine.body, True
    )
    garbage = Publishing("g", WishOpened.type, genuine.correlation, b"\x00{", True)
    await publish_batch(notify, [unknown, mislabelled, garbage, genuine])
    await wait_until(lambda: has_count(notify.count("inbox"), 4))

    parked = await notify.fetch_rows(
        "SELECT error FROM inbox WHERE state = 'parked' ORDER BY error"
    )
    assert [row.error for row in parked] == [
        "not a message: body (json_invalid)",
        "the type is not the routing key",
    ]
    # A newer version may have a handler for it.
    [deferred] = await notify.fetch_rows("SELECT error FROM inbox WHERE state = 'retry'")
    assert deferred.error == "no handler for this type"
    assert await notify.count("handled") == 1


async def test_handler_of_any_message_receives_every_type(harness: BusHarness) -> None:
    async def handle(tx: AsyncSession, message: Message[Any]) -> None:
        await insert_handled(tx, message)

    await harness.bind(notify=[AnyMessage])
    notify = await harness.create_replica("notify", {AnyMessage: [handle]}).start(relay=False)
    await publish_batch(
        notify, [make_outgoing(make_wish_opened()), make_outgoing(make_wish_declined())]
    )
    await wait_until(lambda: has_count(notify.count("handled"), 2))


async def test_lost_database_connection_loses_no_message(harness: BusHarness) -> None:
    cut = False

    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        nonlocal cut
        await insert_handled(tx, message)
        if not cut:
            cut = True
            await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    notify = await _deliver_batch(harness, {WishOpened: [handle]}, _make_wishes(10))
    await wait_until(lambda: has_count(notify.count("handled"), 10))

    assert cut
    assert await notify.count("inbox WHERE state = 'done' AND attempts = 0") == 10


@pytest.mark.parametrize("returns", [3, 20])
async def test_message_redelivered_often_is_handled_alone(
    harness: BusHarness, returns: int
) -> None:
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [insert_handled]})
    publishing = asyncio.create_task(publish_batch(notify, [make_outgoing(make_wish_opened())]))
    counts = [one.count for _ in range(returns) for one in await _take_and_return(notify)]
    assert counts == list(range(returns))

    await notify.start(relay=False)
    await wait_until(lambda: notify.count("handled"))
    await publishing
    # Alone: the attempt was counted before it was made.
    assert await notify.count("inbox WHERE state = 'done' AND attempts = 1") == 1


async def _take_and_return(replica: Replica) -> list[TransportDelivery]:
    """Take the deliveries and return them to the queue by closing the channel."""
    subscription = await replica.transport.subscribe("notify", 400)
    async with asyncio.timeout(10):
        deliveries = await subscription.take(10)
    await subscription.close()
    return deliveries


async def _deliver_batch(
    harness: BusHarness, handlers: Handlers, wishes: list[WishOpened]
) -> Replica:
    """Create a replica of notify and deliver messages to it, in one batch where possible."""
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", handlers)
    publishing = asyncio.create_task(publish_batch(notify, [make_outgoing(one) for one in wishes]))
    await notify.start(relay=False)
    await publishing
    return notify


def _make_wishes(count: int) -> list[WishOpened]:
    return [make_wish_opened(f"wish {number}") for number in range(count)]
