"""The retry worker: whose fault an attempt is, and who waits for whom, over both transports."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.inbox import store
from shared.bus.inbox.parser import Parser
from shared.bus.inbox.store import DueSelection, FailureDisposition
from shared.bus.message import HandleMessage, Message
from shared.contracts.intake import WishOpened
from shared.errors import NotYet
from tests.bus.harness import (
    BusHarness,
    Replica,
    insert_handled,
    make_outgoing,
    make_wish_opened,
    wait_until,
)
from tests.bus.inbox_rows import execute

WishOpenedMessage = Message[WishOpened]
ALONE = DueSelection("notify", deferred=False, alone=True)
TOGETHER = DueSelection("notify", deferred=False, alone=False)


async def test_process_that_dies_in_a_group_charges_no_message(harness: BusHarness) -> None:
    notify = await _store_due(harness, 3)
    async with notify.sessions.begin() as tx:
        assert len(await store.claim_due(tx, TOGETHER, 50)) == 3
    with clock.shifted(timedelta(minutes=5)):
        assert await notify.consumer.retry_worker.run_due() == 3
    assert await notify.count("handled") == 3
    # Each ran alone, with its attempt counted by the claim.
    assert await notify.count("inbox WHERE state = 'done' AND attempts = 1") == 3


async def test_message_that_always_ends_its_process_is_parked_uncalled(
    harness: BusHarness,
) -> None:
    notify = await _store_due(harness, 1)
    async with notify.sessions.begin() as tx:
        assert len(await store.claim_due(tx, TOGETHER, 50)) == 1
    for hours in range(1, 13):
        with clock.shifted(timedelta(hours=hours)):
            async with notify.sessions.begin() as tx:
                [claimed] = await store.claim_due(tx, ALONE, 1)
        assert claimed.attempts == hours
    with clock.shifted(timedelta(hours=13)):
        assert await notify.consumer.retry_worker.run_due() == 1
    [parked] = await notify.fetch_rows("SELECT * FROM inbox")
    assert (parked.state, parked.attempts) == ("parked", 12)
    assert parked.error == "failed, or ended its process, 12 times"
    assert await notify.count("handled") == 0


async def test_database_that_goes_away_charges_no_message(harness: BusHarness) -> None:
    cut = False

    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        nonlocal cut
        if not cut:
            cut = True
            await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        await insert_handled(tx, message)

    notify = await _store_due(harness, 3, handle)
    await execute(notify, "UPDATE inbox SET claims = 1, attempts = 11")
    with pytest.raises(DBAPIError):
        await notify.consumer.retry_worker.run_due()
    assert await notify.consumer.retry_worker.run_due() == 3
    assert await notify.count("handled") == 3


async def test_thousands_of_deferred_messages_keep_no_failed_one_waiting(
    harness: BusHarness,
) -> None:
    async def handle(tx: AsyncSession, message: WishOpenedMessage) -> None:
        if message.content.title == "early":
            raise NotYet
        await insert_handled(tx, message)

    notify = await _store_due(harness, 1, handle)
    await execute(
        notify,
        "INSERT INTO inbox (consumer, message_key, type, correlation, state, waits, body, due_at)"
        " SELECT consumer, gen_random_uuid(), type, correlation, state, 1,"
        " convert_to(replace(convert_from(body, 'UTF8'), 'a lamp', 'early'), 'UTF8'), due_at"
        " FROM inbox, generate_series(1, 2000)",
    )
    await notify.consumer.retry_worker.start()
    await wait_until(lambda: notify.count("handled"))
    still_due = await notify.count("inbox WHERE waits = 1")
    assert still_due > 0
    await notify.consumer.retry_worker.stop()


async def test_wrong_clock_of_a_replica_changes_no_lease_and_no_due_time(
    harness: BusHarness,
) -> None:
    async def fail(_tx: AsyncSession, _message: WishOpenedMessage) -> None:
        raise ValueError("never")

    notify = await _store_due(harness, 1, fail)
    with clock.skewed(timedelta(days=36)):
        assert await notify.consumer.retry_worker.run_due() == 1
        assert await notify.count("inbox WHERE due_at > now() + interval '1 hour'") == 0
        # Longer than the first delay, which a busy machine may outlast.
        await execute(notify, "UPDATE inbox SET due_at = now() + interval '1 hour'")
        assert await notify.consumer.retry_worker.run_due() == 0
        await execute(notify, "UPDATE inbox SET due_at = now()")
        async with notify.sessions.begin() as tx:
            assert len(await store.claim_due(tx, TOGETHER, 1)) == 1
    assert await notify.count("inbox WHERE due_at > now() + interval '1 hour'") == 0


async def _store_due(
    harness: BusHarness, count: int, handle: HandleMessage = insert_handled
) -> Replica:
    """Create notify with so many messages that are due."""
    await harness.bind(notify=[WishOpened])
    notify = harness.create_replica("notify", {WishOpened: [handle]})
    parser = Parser(frozenset({WishOpened.type}))
    async with notify.sessions.begin() as tx:
        for _ in range(count):
            outgoing = make_outgoing(make_wish_opened())
            one = parser.parse("intake", outgoing.type, outgoing.body)
            await store.store_failed(tx, "notify", one, FailureDisposition.retry_now())
    return notify
