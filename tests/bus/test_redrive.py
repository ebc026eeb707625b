"""Operators find what the inbox keeps, mend the cause, and have it done once."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.admin import redrive
from shared.bus.admin.redrive import InboxFilter, UnknownMessage, wake_when_due
from shared.bus.message import Message
from shared.bus.outbox.record import OutgoingMessage
from shared.contracts.intake import WishOpened
from shared.db import PageRequest
from shared.errors import Conflict, NotYet
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


async def test_poison_is_parked_seen_mended_retried_and_done_once(harness: BusHarness) -> None:
    await harness.bind(notify=[WishOpened])
    broken = True

    async def handle(tx: AsyncSession, message: Message[WishOpened]) -> None:
        if broken and message.content.title == "the poison":
            raise Conflict("The wish has no room")
        await insert_handled(tx, message)

    intake = await harness.create_replica("intake").start(consumer=False)
    notify = await harness.create_replica("notify", {WishOpened: handle}).start(relay=False)
    wake_when_due(notify.sessions, notify.consumer.retry_worker.wake)
    await intake.record(
        make_message(make_wish_opened("the poison")),
        *(make_message(make_wish_opened(f"{n}")) for n in range(50)),
    )
    await wait_until(lambda: has_count(notify.count("seen"), 50))
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
    await wait_until(lambda: has_count(notify.count("seen"), 51))
    assert await notify.count("seen WHERE title = 'the poison'") == 1
    assert await list_keys(notify, STATION_OPERATOR) == []
    async with notify.sessions() as tx:
        [act] = (await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)).items
    assert (act.act, act.message_key, act.messages) == ("retry", key, 1)
    assert (act.who, act.reason, act.station_id) == (
        STATION_OPERATOR.identity,
        "there is room now",
        STATION,
    )
    with pytest.raises(UnknownMessage):
        async with notify.sessions.begin() as tx:
            await redrive.retry(tx, STATION_OPERATOR, key, "once more")
    assert await notify.count("redrives") == 1


async def test_what_waits_to_be_tried_again_is_due_at_once_with_all_attempts(
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
    assert await replica.count("seen") == 1


async def test_patience_for_a_cause_begins_anew_with_a_retry(harness: BusHarness) -> None:
    notify = await deliver_to_notify(harness, make_message(make_wish_opened()))
    await _update_inbox(notify, "received_at = now() - interval '8 days'")
    [key] = await list_keys(notify, STATION_OPERATOR)
    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, STATION_OPERATOR, key, "its cause comes soon")

    async def wait(_tx: AsyncSession, _message: Message[WishOpened]) -> None:
        raise NotYet

    patient = harness.create_replica("notify", {WishOpened: wait})
    assert await patient.consumer.retry_worker.run_due() == 1
    [row] = await notify.fetch_rows("SELECT * FROM inbox")
    assert (row.state, row.waits) == ("retry", 1)
    assert clock.now() - row.received_at > timedelta(days=7)


async def test_what_is_skipped_is_kept_and_left_alone_until_it_is_retried(
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
        found = await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)
    assert [act.act for act in found.items] == ["retry", "skip"]


async def test_all_parked_of_a_type_are_retried_and_no_others(harness: BusHarness) -> None:
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
        found = await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)
    assert [(act.act, act.messages) for act in found.items] == [("retry_all", 0), ("retry_all", 20)]
    assert found.items[0].chosen == {"type": WishOpened.type}


async def test_an_operator_sees_and_touches_the_own_station_only(harness: BusHarness) -> None:
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
    for act in (redrive.retry, redrive.skip):
        with pytest.raises(UnknownMessage):
            async with notify.sessions.begin() as tx:
                await act(tx, STATION_OPERATOR, other, "curious")
    async with notify.sessions.begin() as tx:
        with pytest.raises(UnknownMessage):
            await redrive.find(tx, STATION_OPERATOR, other)
        assert await redrive.retry_all(tx, STATION_OPERATOR, WishOpened.type, "ours") == 1
        assert await redrive.retry_all(tx, UNSCOPED_OPERATOR, WishOpened.type, "the rest") == 1
        for operator, reasons in (
            (STATION_OPERATOR, ["ours"]),
            (OTHER_STATION_OPERATOR, ["the rest"]),
        ):
            found = await redrive.list_actions(tx, operator, MAX_PAGE)
            assert [act.reason for act in found.items] == reasons


async def test_the_list_goes_on_without_a_gap_or_a_repeat(harness: BusHarness) -> None:
    notify = await deliver_to_notify(
        harness, *(make_message(make_wish_opened()) for _ in range(25))
    )
    seen: list[UUID] = []
    after = None
    async with notify.sessions() as tx:
        while True:
            found = await redrive.list_failed(
                tx, STATION_OPERATOR, InboxFilter(), PageRequest(after, 10)
            )
            seen += [row.message_key for row in found.items]
            if (after := found.after) is None:
                break
        assert seen == await list_keys(notify, STATION_OPERATOR)
        assert len(set(seen)) == 25
        assert (
            await redrive.list_failed(tx, STATION_OPERATOR, InboxFilter(), PageRequest(uuid4(), 10))
        ).items == []


def test_what_is_sealed_stays_out_of_sight() -> None:
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
