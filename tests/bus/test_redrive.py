"""Operators find what the inbox keeps, mend the cause, and have it done once."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.admin import redrive
from shared.bus.admin.redrive import NotKept, Wanted, wake_when_due
from shared.bus.message import Message
from shared.bus.outbox.record import Fact
from shared.contracts.intake import WishOpened
from shared.db import Slice
from shared.errors import Conflict, NotYet
from tests.bus.harness import STATION, Replica, Rig, declined, equal, fact, note, until, wish
from tests.bus.inbox_rows import (
    ANYBODY,
    ELSEWHERE,
    EVERYTHING,
    HERE,
    THERE,
    execute,
    given,
    keys,
    mended,
)


async def test_poison_is_parked_seen_mended_retried_and_done_once(rig: Rig) -> None:
    await rig.bind(notify=[WishOpened])
    broken = True

    async def handle(tx: AsyncSession, message: Message[WishOpened]) -> None:
        if broken and message.content.title == "the poison":
            raise Conflict("The wish has no room")
        await note(tx, message)

    intake = await rig.replica("intake").start(consumer=False)
    notify = await rig.replica("notify", {WishOpened: handle}).start(relay=False)
    wake_when_due(notify.sessions, notify.consumer.retries.wake)
    await intake.record(fact(wish("the poison")), *(fact(wish(f"{n}")) for n in range(50)))
    await until(lambda: equal(notify.count("seen"), 50))
    await until(lambda: notify.count("inbox WHERE state = 'parked'"))

    [key] = await keys(notify, HERE, Wanted("parked", WishOpened.type))
    async with notify.sessions() as tx:
        row = await redrive.find(tx, HERE, key)
    envelope = redrive.envelope_of(row)
    assert (row.error, row.attempts) == ("Conflict: The wish has no room", 1)
    assert envelope is not None
    assert envelope.data["title"] == "the poison"

    broken = False
    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, HERE, key, "there is room now")
    await until(lambda: equal(notify.count("seen"), 51))
    assert await notify.count("seen WHERE title = 'the poison'") == 1
    assert await keys(notify, HERE) == []
    async with notify.sessions() as tx:
        [act] = (await redrive.acts(tx, HERE, EVERYTHING)).items
    assert (act.act, act.message_key, act.messages) == ("retry", key, 1)
    assert (act.who, act.reason, act.station_id) == (HERE.who, "there is room now", STATION)
    with pytest.raises(NotKept):
        async with notify.sessions.begin() as tx:
            await redrive.retry(tx, HERE, key, "once more")
    assert await notify.count("redrives") == 1


async def test_what_waits_to_be_tried_again_is_due_at_once_with_all_attempts(rig: Rig) -> None:
    notify = await given(rig, fact(wish()))
    await _set(notify, "state = 'retry', attempts = 7, waits = 3, due_at = now() + interval '1 h'")
    wake = asyncio.Event()
    replica = mended(rig)
    wake_when_due(replica.sessions, wake)
    [key] = await keys(notify, HERE)

    async with replica.sessions() as tx:
        await redrive.retry(tx, HERE, key, "in vain")
        await tx.rollback()
        await tx.execute(text("SELECT 1"))
        await tx.commit()
    assert not wake.is_set()

    async with replica.sessions.begin() as tx:
        row = await redrive.retry(tx, HERE, key, "now")
    assert wake.is_set()
    assert (row.attempts, row.waits) == (0, 0)
    assert row.due_at <= clock.now()
    assert await replica.consumer.retries.run_due() == 1
    assert await replica.count("seen") == 1


async def test_patience_for_a_cause_begins_anew_with_a_retry(rig: Rig) -> None:
    notify = await given(rig, fact(wish()))
    await _set(notify, "received_at = now() - interval '8 days'")
    [key] = await keys(notify, HERE)
    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, HERE, key, "its cause comes soon")

    async def wait(_tx: AsyncSession, _message: Message[WishOpened]) -> None:
        raise NotYet

    patient = rig.replica("notify", {WishOpened: wait})
    assert await patient.consumer.retries.run_due() == 1
    [row] = await notify.rows("SELECT * FROM inbox")
    assert (row.state, row.waits) == ("retry", 1)
    assert clock.now() - row.received_at > timedelta(days=7)


async def test_what_is_skipped_is_kept_and_left_alone_until_it_is_retried(rig: Rig) -> None:
    notify = await given(rig, fact(wish()))
    [key] = await keys(notify, HERE)
    async with notify.sessions.begin() as tx:
        row = await redrive.skip(tx, HERE, key, "a test of somebody's")
    assert (row.state, row.due_at, row.body is not None) == ("skipped", None, True)
    replica = mended(rig)
    assert await replica.consumer.retries.run_due() == 0
    assert await keys(notify, HERE, Wanted("skipped")) == [key]

    async with notify.sessions.begin() as tx:
        await redrive.retry(tx, HERE, key, "it was none")
    assert await replica.consumer.retries.run_due() == 1
    async with notify.sessions() as tx:
        found = await redrive.acts(tx, HERE, EVERYTHING)
    assert [act.act for act in found.items] == ["retry", "skip"]


async def test_all_parked_of_a_type_are_retried_and_no_others(rig: Rig) -> None:
    notify = await given(rig, *(fact(wish()) for _ in range(20)), fact(declined()))
    async with notify.sessions.begin() as tx:
        assert await redrive.retry_all(tx, HERE, WishOpened.type, "room was made") == 20
        assert await redrive.retry_all(tx, HERE, WishOpened.type, "again") == 0
    assert await mended(rig).consumer.retries.run_due() == 20
    assert await notify.count("inbox WHERE state = 'parked'") == 1
    async with notify.sessions() as tx:
        found = await redrive.acts(tx, HERE, EVERYTHING)
    assert [(act.act, act.messages) for act in found.items] == [("retry_all", 0), ("retry_all", 20)]
    assert found.items[0].chosen == {"type": WishOpened.type}


async def test_an_operator_sees_and_touches_the_own_station_only(rig: Rig) -> None:
    there = wish("over there")
    notify = await given(
        rig, fact(wish("here")), Fact(f"wishes/{there.wish_id}", ELSEWHERE, 1, there)
    )
    [here], [other] = await keys(notify, HERE), await keys(notify, THERE)
    assert {here, other} == set(await keys(notify, ANYBODY))
    for act in (redrive.retry, redrive.skip):
        with pytest.raises(NotKept):
            async with notify.sessions.begin() as tx:
                await act(tx, HERE, other, "curious")
    async with notify.sessions.begin() as tx:
        with pytest.raises(NotKept):
            await redrive.find(tx, HERE, other)
        assert await redrive.retry_all(tx, HERE, WishOpened.type, "ours") == 1
        assert await redrive.retry_all(tx, ANYBODY, WishOpened.type, "the rest") == 1
        for operator, reasons in ((HERE, ["ours"]), (THERE, ["the rest"])):
            found = await redrive.acts(tx, operator, EVERYTHING)
            assert [act.reason for act in found.items] == reasons


async def test_the_list_goes_on_without_a_gap_or_a_repeat(rig: Rig) -> None:
    notify = await given(rig, *(fact(wish()) for _ in range(25)))
    seen: list[UUID] = []
    after = None
    async with notify.sessions() as tx:
        while True:
            found = await redrive.kept(tx, HERE, Wanted(), Slice(after, 10))
            seen += [row.message_key for row in found.items]
            if (after := found.after) is None:
                break
        assert seen == await keys(notify, HERE)
        assert len(set(seen)) == 25
        assert (await redrive.kept(tx, HERE, Wanted(), Slice(uuid4(), 10))).items == []


def test_what_is_sealed_stays_out_of_sight() -> None:
    content = {
        "title": "a lamp",
        "phone_sealed": "gAAAA",
        "code_sealed": None,
        "people": [{"phone_sealed": "gAAAA", "name": "演示"}],
    }
    assert redrive.visible(content) == {
        "title": "a lamp",
        "phone_sealed": "(sealed)",
        "code_sealed": None,
        "people": [{"phone_sealed": "(sealed)", "name": "演示"}],
    }


async def _set(replica: Replica, values: str) -> None:
    await execute(replica, f"UPDATE inbox SET {values}")
