"""What a service said is handed to another one again: what was lost is done, what is done stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.admin import redrive
from shared.bus.admin import replay as replaying
from shared.bus.admin.redrive import Operator
from shared.bus.admin.replay import Chosen, MayNotRepeat, NoHandover, Original, Replay, Replayed
from shared.bus.message import Bulk, Handlers, Message, One
from shared.contracts.envelope import Envelope
from shared.contracts.intake import WishDeclined, WishOpened
from shared.ids import new_id
from shared.sealing import Sealer
from tests.bus.harness import STATION, Replica, Rig, declined, fact, note, wish
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

SEALER = Sealer([Fernet.generate_key().decode()], b"a-look-up-key-of-the-tests-32-byte")


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


async def test_a_replay_hands_over_what_never_came_and_leaves_alone_what_is_done(
    rig: Rig,
) -> None:
    notify = await given(rig, *(fact(wish(f"{n}")) for n in range(5)), broken=False)
    [lost, *_] = await notify.rows("SELECT message_key FROM inbox")
    await execute(notify, f"DELETE FROM inbox WHERE message_key = '{lost.message_key}'")

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
    await execute(notify, "DELETE FROM inbox")
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


def test_a_bulk_may_declare_that_it_repeats() -> None:
    async def handle(_tx: AsyncSession, _messages: list[Message[WishOpened]]) -> None: ...

    assert not Bulk(handle).may_repeat
    assert Bulk(handle, may_repeat=True).may_repeat
