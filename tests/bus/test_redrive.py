"""Redrive: operators list failed messages, retry or skip them, and each is handled once."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.admin import bulk, redrive
from shared.bus.admin.bulk import BulkAction, CountChanged
from shared.bus.admin.redrive import InboxFilter, UnknownMessage, wake_when_due
from shared.bus.message import Message
from shared.bus.outbox.record import OutgoingMessage
from shared.contracts.intake import WishOpened
from shared.errors import Conflict, NotYet
from shared.pagination import PageRequest
from tests.bus.harness import (
    STATION,
    BusHarness,
    Replica,
    has_count,
    insert_handled,
    make_message,
    make_wish_declined,
    make_wish_opened,
    wait_until,
)
from tests.bus.inbox_rows import (
    MAX_PAGE,
    OTHER_STATION,
    OTHER_STATION_OPERATOR,
    STATION_OPERATOR,
    UNSCOPED_OPERATOR,
    create_fixed_replica,
    deliver_to_notify,
    execute,
    list_keys,
)


async def test_parked_message_is_handled_once_after_a_fix_and_a_retry(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    broken = True

    async def handle(tx: AsyncSession, message: Message[WishOpened]) -> None:
        if broken and message.content.title == "the poison":
            raise Conflict("The wish has no room")
        await insert_handled(tx, message)

    intake = await harness.create_replica("intake").start(consumer=False)
    notify = await harness.create_replica("notify", {WishOpened: [handle]}).start(relay=False)
    wake_when_due(notify.sessions, notify.consumer.retry_worker.wake)
    await intake.record(
        make_message(make_wish_opened("the poison")),
        *(make_message(make_wish_opened(f"{n}")) for n in range(50)),
    )
    await wait_until(lambda: has_count(notify.count("handled"), 50))
    await wait_until(lambda: notify.count("inbox WHERE state = 'parked'"))

    [key] = await list_keys(notify, STATION_OPERATOR, InboxFilter("parked", WishOpened.type))
    async with notify.sessions() as tx:
        row = await redrive.find(tx, STATION_OPERATOR, key)
    envelope = redrive.envelope_of(row)
    assert (row.error, row.attempts) == ("Conflict: The wish has no room", 1)
    assert envelope is not None
    assert envelope.data["title"] == "the poison"

    broken = False
    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, STATION_OPERATOR, key, "there is room now")
    await wait_until(lambda: has_count(notify.count("handled"), 51))
    assert await notify.count("handled WHERE title = 'the poison'") == 1
    assert await list_keys(notify, STATION_OPERATOR) == []
    async with notify.sessions() as tx:
        [action] = (await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)).items
    assert (action.act, action.message_key, action.messages) == ("retry", key, 1)
    assert (action.who, action.reason, action.station_id) == (
        STATION_OPERATOR.identity,
        "there is room now",
        STATION,
    )


async def test_retry_of_a_handled_message_is_refused_and_not_logged(harness: BusHarness) -> None:
    notify = await deliver_to_notify(harness, make_message(make_wish_opened()), fails=False)
    [row] = await notify.fetch_rows("SELECT message_key FROM inbox WHERE state = 'done'")
    with pytest.raises(UnknownMessage):
        async with notify.sessions.begin() as tx:
            await redrive.retry(tx, STATION_OPERATOR, row.message_key, "once more")
    assert await notify.count("redrives") == 0


async def test_retry_makes_a_waiting_message_due_and_resets_its_attempts(
    harness: BusHarness,
) -> None:
    notify = await deliver_to_notify(harness, make_message(make_wish_opened()))
    await _update_inbox(
        notify, "state = 'retry', attempts = 7, waits = 3, due_at = now() + interval '1 h'"
    )
    wake = asyncio.Event()
    replica = create_fixed_replica(harness)
    wake_when_due(replica.sessions, wake)
    [key] = await list_keys(notify, STATION_OPERATOR)

    async with replica.sessions() as tx:
        await redrive.retry(tx, STATION_OPERATOR, key, "in vain")
        await tx.rollback()
        await tx.execute(text("SELECT 1"))
        await tx.commit()
    assert not wake.is_set()

    async with replica.sessions.begin() as tx:
        row = await redrive.retry(tx, STATION_OPERATOR, key, "now")
    assert wake.is_set()
    assert (row.attempts, row.waits) == (0, 0)
    assert row.due_at <= clock.now()
    assert await replica.consumer.retry_worker.run_due() == 1
    assert await replica.count("handled") == 1


async def test_retry_restarts_the_deferral_limit(harness: BusHarness) -> None:
    notify = await deliver_to_notify(harness, make_message(make_wish_opened()))
    await _update_inbox(notify, "received_at = now() - interval '8 days'")
    [key] = await list_keys(notify, STATION_OPERATOR)
    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, STATION_OPERATOR, key, "its cause comes soon")

    async def wait(_tx: AsyncSession, _message: Message[WishOpened]) -> None:
        raise NotYet

    replica = harness.create_replica("notify", {WishOpened: [wait]})
    assert await replica.consumer.retry_worker.run_due() == 1
    [row] = await notify.fetch_rows("SELECT * FROM inbox")
    assert (row.state, row.waits) == ("retry", 1)
    assert clock.now() - row.received_at > timedelta(days=7)


async def test_skipped_message_stays_stored_until_it_is_retried(
    harness: BusHarness,
) -> None:
    notify = await deliver_to_notify(harness, make_message(make_wish_opened()))
    [key] = await list_keys(notify, STATION_OPERATOR)
    async with notify.sessions.begin() as tx:
        row = await redrive.skip(tx, STATION_OPERATOR, key, "a test of somebody's")
    assert (row.state, row.due_at, row.body is not None) == ("skipped", None, True)
    replica = create_fixed_replica(harness)
    assert await replica.consumer.retry_worker.run_due() == 0
    assert await list_keys(notify, STATION_OPERATOR, InboxFilter("skipped")) == [key]

    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, STATION_OPERATOR, key, "it was none")
    assert await replica.consumer.retry_worker.run_due() == 1
    async with notify.sessions() as tx:
        page = await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)
    assert [action.act for action in page.items] == ["retry", "skip"]


async def test_retry_all_retries_only_parked_messages_of_the_type(harness: BusHarness) -> None:
    notify = await deliver_to_notify(
        harness,
        *(make_message(make_wish_opened()) for _ in range(20)),
        make_message(make_wish_declined()),
    )
    async with notify.sessions.begin() as tx:
        assert await redrive.retry_all(tx, STATION_OPERATOR, WishOpened.type, "room was made") == 20
        assert await redrive.retry_all(tx, STATION_OPERATOR, WishOpened.type, "again") == 0
    assert await create_fixed_replica(harness).consumer.retry_worker.run_due() == 20
    assert await notify.count("inbox WHERE state = 'parked'") == 1
    async with notify.sessions() as tx:
        page = await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)
    assert [(action.act, action.messages) for action in page.items] == [
        ("retry_all", 0),
        ("retry_all", 20),
    ]
    assert page.items[0].chosen == {"type": WishOpened.type}


async def test_parked_messages_are_set_aside_in_bulk_once_counted(harness: BusHarness) -> None:
    notify = await deliver_to_notify(
        harness,
        *(make_message(make_wish_opened()) for _ in range(20)),
        make_message(make_wish_declined()),
    )
    opened = InboxFilter(type=WishOpened.type)
    skip_all, purge = (
        BulkAction("skip_all", opened, "an exercise"),
        BulkAction("purge", InboxFilter(), "all of them"),
    )
    async with notify.sessions.begin() as tx:
        assert await bulk.count_parked(tx, STATION_OPERATOR, opened) == 20
        with pytest.raises(CountChanged):
            await bulk.apply(tx, STATION_OPERATOR, skip_all, expected=19)
        assert await bulk.apply(tx, OTHER_STATION_OPERATOR, skip_all, expected=0) == 0
        assert await bulk.apply(tx, STATION_OPERATOR, skip_all, expected=20) == 20
        assert await bulk.apply(tx, STATION_OPERATOR, purge, expected=1) == 1
    assert await notify.count("inbox WHERE state = 'skipped'") == 21
    assert await notify.count("inbox WHERE body IS NULL") == 1
    async with notify.sessions() as tx:
        page = await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)
    assert [(one.act, one.messages, one.reason) for one in page.items] == [
        ("purge", 1, "all of them"),
        ("skip_all", 20, "an exercise"),
    ]


async def test_operator_reads_and_changes_only_the_own_station(harness: BusHarness) -> None:
    there = make_wish_opened("over there")
    notify = await deliver_to_notify(
        harness,
        make_message(make_wish_opened("here")),
        OutgoingMessage(f"wishes/{there.wish_id}", OTHER_STATION, 1, there),
    )
    [here], [other] = (
        await list_keys(notify, STATION_OPERATOR),
        await list_keys(notify, OTHER_STATION_OPERATOR),
    )
    assert {here, other} == set(await list_keys(notify, UNSCOPED_OPERATOR))
    for action in (redrive.retry, redrive.skip):
        with pytest.raises(UnknownMessage):
            async with notify.sessions.begin() as tx:
                await action(tx, STATION_OPERATOR, other, "curious")
    async with notify.sessions.begin() as tx:
        with pytest.raises(UnknownMessage):
            await redrive.find(tx, STATION_OPERATOR, other)
        assert await redrive.retry_all(tx, STATION_OPERATOR, WishOpened.type, "ours") == 1
        assert await redrive.retry_all(tx, UNSCOPED_OPERATOR, WishOpened.type, "the rest") == 1
        for operator, reasons in (
            (STATION_OPERATOR, ["ours"]),
            (OTHER_STATION_OPERATOR, ["the rest"]),
        ):
            page = await redrive.list_actions(tx, operator, MAX_PAGE)
            assert [action.reason for action in page.items] == reasons


async def test_pages_of_failed_messages_have_no_gap_and_no_repeat(harness: BusHarness) -> None:
    notify = await deliver_to_notify(
        harness, *(make_message(make_wish_opened()) for _ in range(25))
    )
    keys: list[UUID] = []
    after = None
    async with notify.sessions() as tx:
        while True:
            page = await redrive.list_failed(
                tx, STATION_OPERATOR, InboxFilter(), PageRequest(after, 10)
            )
            keys += [row.message_key for row in page.items]
            if (after := page.after) is None:
                break
        assert keys == await list_keys(notify, STATION_OPERATOR)
        assert len(set(keys)) == 25
        assert (
            await redrive.list_failed(tx, STATION_OPERATOR, InboxFilter(), PageRequest(uuid4(), 10))
        ).items == []


def test_redact_masks_sealed_values() -> None:
    content = {
        "title": "a lamp",
        "phone_sealed": "gAAAA",
        "code_sealed": None,
        "people": [{"phone_sealed": "gAAAA", "name": "演示"}],
    }
    assert redrive.redact(content) == {
        "title": "a lamp",
        "phone_sealed": "(sealed)",
        "code_sealed": None,
        "people": [{"phone_sealed": "(sealed)", "name": "演示"}],
    }


async def _update_inbox(replica: Replica, values: str) -> None:
    await execute(replica, f"UPDATE inbox SET {values}")
