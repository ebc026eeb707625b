"""Operators find what the inbox keeps, mend the cause, and have it done once."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus import redrive, replaying
from shared.bus.message import Bulk, Handlers, Message, One
from shared.bus.outbox import Fact
from shared.bus.redrive import NotKept, Operator, Wanted, wake_when_due
from shared.bus.replaying import Chosen, MayNotRepeat, NoHandover, Original, Replay, Replayed
from shared.contracts.envelope import Envelope
from shared.contracts.intake import WishDeclined, WishOpened
from shared.db import Slice
from shared.errors import Conflict
from shared.ids import new_id
from shared.sealing import Sealer
from tests.bus.rig import STATION, Replica, Rig, declined, equal, fact, note, until, wish

ELSEWHERE = UUID("01900000-0000-7000-8000-000000000002")
ANYBODY = Operator("notify", "root (command line)")
HERE = Operator("notify", "0190-somebody", STATION)
THERE = Operator("notify", "0190-somebody-else", ELSEWHERE)
EVERYTHING = Slice(limit=100)
SEALER = Sealer([Fernet.generate_key().decode()], b"a-look-up-key-of-the-tests-32-byte")


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


async def originals(rig: Rig, chosen: Chosen) -> list[Original]:
    """What intake's record holds of that."""
    async with rig.replica("intake").sessions() as tx:
        return [Original.of(row) for row in await tx.execute(replaying.said(chosen))]


async def hand(
    notify: Replica, rig: Rig, *, again: bool = False, may_repeat: bool = False
) -> Replayed:
    """Hand all that intake said of wishes that were opened to notify."""
    handlers: Handlers = {WishOpened: One(note, may_repeat=may_repeat)}
    found = await originals(rig, Chosen(type=WishOpened.type))
    replay = Replay(Chosen(type=WishOpened.type), "the copy was lost", again)
    async with notify.sessions.begin() as tx:
        return await replaying.hand(tx, HERE, handlers, found, replay)


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
    [row] = await notify.rows("SELECT * FROM inbox")
    assert clock.now() - row.retried_at < timedelta(minutes=1)
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


async def test_a_replay_hands_over_what_never_came_and_leaves_alone_what_is_done(
    rig: Rig,
) -> None:
    notify = await given(rig, *(fact(wish(f"{n}")) for n in range(5)), broken=False)
    [lost, *_] = await notify.rows("SELECT message_key FROM inbox")
    await _execute(notify, f"DELETE FROM inbox WHERE message_key = '{lost.message_key}'")

    assert await hand(notify, rig) == Replayed(handed=1, left=4)

    assert await mended(rig).consumer.retries.run_due() == 1
    assert await notify.count("inbox WHERE state = 'done'") == 5
    [back] = await notify.rows("SELECT * FROM inbox WHERE retried_at IS NOT NULL")
    assert back.message_key == lost.message_key
    assert await hand(notify, rig) == Replayed(handed=0, left=5)


async def test_a_replay_tries_what_is_parked_and_not_what_was_set_aside(rig: Rig) -> None:
    notify = await given(rig, fact(wish()), fact(wish()))
    first, _ = await keys(notify, HERE)
    async with notify.sessions.begin() as tx:
        await redrive.skip(tx, HERE, first, "a test of somebody's")
    assert await hand(notify, rig) == Replayed(handed=1, left=1)


async def test_again_is_for_handlers_that_may_repeat(rig: Rig) -> None:
    notify = await given(rig, fact(wish()), broken=False)
    with pytest.raises(MayNotRepeat):
        await hand(notify, rig, again=True)

    assert await hand(notify, rig, again=True, may_repeat=True) == Replayed(handed=1, left=0)
    assert await mended(rig).consumer.retries.run_due() == 1
    assert await notify.count("seen") == 2
    async with notify.sessions() as tx:
        [act] = (await redrive.acts(tx, HERE, EVERYTHING)).items
    assert act.chosen == {"type": WishOpened.type, "again": "true"}


async def test_the_record_is_searched_by_type_subject_correlation_and_time(rig: Rig) -> None:
    one, other = fact(wish()), fact(declined())
    await given(rig, one, other, broken=False)
    [first] = await originals(rig, Chosen(subject=one.subject))
    assert first.publisher == ("intake" if rig.kind == "inprocess" else "guest")
    correlation = Envelope.from_json(first.body).correlationid
    now = clock.now()
    for chosen in (
        Chosen(type=WishOpened.type),
        Chosen(correlation=correlation),
        Chosen(type=WishOpened.type, since=now - timedelta(hours=1)),
    ):
        assert await originals(rig, chosen) == [first]
    assert await originals(rig, Chosen(until=now - timedelta(hours=1))) == []
    async with rig.replica("intake").sessions() as tx:
        assert len(await replaying.page(tx, Chosen(), STATION, 100)) == 2
        assert await replaying.page(tx, Chosen(), ELSEWHERE, 100) == []


async def test_what_nobody_here_reads_is_left_alone(rig: Rig) -> None:
    notify = await given(rig, fact(declined()), broken=False)
    found = await originals(rig, Chosen(type=WishDeclined.type))
    cases: list[tuple[Operator, Handlers]] = [
        (HERE, {WishOpened: note}),
        (THERE, {WishDeclined: note}),
    ]
    async with notify.sessions.begin() as tx:
        replay = Replay(Chosen(), "curious")
        for operator, handlers in cases:
            done = await replaying.hand(tx, operator, handlers, found, replay)
            assert done == Replayed(0, 1)


def test_handovers_are_for_one_service_and_station_for_an_hour() -> None:
    said = [Original("intake", f"message {n}".encode() + bytes(new_id().bytes)) for n in range(9)]
    [handover] = replaying.handovers(SEALER, said, HERE)
    assert replaying.opened(SEALER, handover, HERE) == said
    for other in (THERE, Operator("volunteers", HERE.who, STATION), ANYBODY):
        with pytest.raises(NoHandover):
            replaying.opened(SEALER, handover, other)
    for made_up in ("", "gAAAA", SEALER.seal("[]"), SEALER.seal("13800000001")):
        with pytest.raises(NoHandover):
            replaying.opened(SEALER, made_up, HERE)
    with clock.shifted(timedelta(hours=1, seconds=1)), pytest.raises(NoHandover):
        replaying.opened(SEALER, handover, HERE)


def test_many_messages_make_several_handovers_that_fit_into_a_request() -> None:
    said = [Original("intake", uuid4().bytes * 500) for _ in range(40)]
    said += [Original("intake", b"".join(uuid4().bytes for _ in range(4_000)))]
    made = list(replaying.handovers(SEALER, said, HERE))
    assert all(len(handover) < 60_000 for handover in made)
    back = [one for handover in made for one in replaying.opened(SEALER, handover, HERE)]
    assert back == said[:-1]


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


def test_a_bulk_may_declare_that_it_repeats() -> None:
    async def handle(_tx: AsyncSession, _messages: list[Message[WishOpened]]) -> None: ...

    assert not Bulk(handle).may_repeat
    assert Bulk(handle, may_repeat=True).may_repeat


async def _set(replica: Replica, values: str) -> None:
    await _execute(replica, f"UPDATE inbox SET {values}")


async def _execute(replica: Replica, sql: str) -> None:
    async with replica.sessions.begin() as tx:
        await tx.execute(text(sql))
