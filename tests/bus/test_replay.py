"""Replay: a lost message is handled, and a handled one is left alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.admin import redrive
from shared.bus.admin import replay as bus_replay
from shared.bus.admin.redrive import Operator
from shared.bus.admin.replay import (
    InvalidBundle,
    NotReplayable,
    Original,
    Replay,
    ReplayCounts,
    SentFilter,
)
from shared.bus.message import BatchHandler, Handlers, Message, SingleHandler
from shared.contracts.envelope import Envelope
from shared.contracts.intake import WishDeclined, WishOpened
from shared.ids import new_id
from shared.sealing import Sealer
from tests.bus.harness import (
    STATION,
    BusHarness,
    Replica,
    insert_handled,
    make_message,
    make_wish_declined,
    make_wish_opened,
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

SEALER = Sealer([Fernet.generate_key().decode()], b"a-look-up-key-of-the-tests-32-byte")


async def list_originals(harness: BusHarness, sent_filter: SentFilter) -> list[Original]:
    """List intake's sent messages that match a filter."""
    async with harness.create_replica("intake").sessions() as tx:
        return [Original.of(row) for row in await tx.execute(bus_replay.select_sent(sent_filter))]


async def requeue_wishes(
    notify: Replica, harness: BusHarness, *, again: bool = False, replayable: bool = False
) -> ReplayCounts:
    """Put all of intake's messages about opened wishes into notify's inbox again."""
    handlers: Handlers = {WishOpened: [SingleHandler(insert_handled, replayable=replayable)]}
    originals = await list_originals(harness, SentFilter(type=WishOpened.type))
    replay = Replay(SentFilter(type=WishOpened.type), "the copy was lost", again)
    async with notify.sessions.begin() as tx:
        return await bus_replay.requeue(tx, STATION_OPERATOR, handlers, originals, replay)


async def test_replay_requeues_only_lost_messages(
    harness: BusHarness,
) -> None:
    notify = await deliver_to_notify(
        harness, *(make_message(make_wish_opened(f"{n}")) for n in range(5)), fails=False
    )
    [lost, *_] = await notify.fetch_rows("SELECT message_key FROM inbox")
    await execute(notify, f"DELETE FROM inbox WHERE message_key = '{lost.message_key}'")

    assert await requeue_wishes(notify, harness) == ReplayCounts(handed=1, left=4)

    assert await create_fixed_replica(harness).consumer.retry_worker.run_due() == 1
    assert await notify.count("inbox WHERE state = 'done'") == 5
    [requeued] = await notify.fetch_rows("SELECT * FROM inbox WHERE retried_at IS NOT NULL")
    assert requeued.message_key == lost.message_key
    assert await requeue_wishes(notify, harness) == ReplayCounts(handed=0, left=5)


async def test_replay_retries_parked_messages_but_not_skipped_ones(
    harness: BusHarness,
) -> None:
    notify = await deliver_to_notify(
        harness, make_message(make_wish_opened()), make_message(make_wish_opened())
    )
    first, _ = await list_keys(notify, STATION_OPERATOR)
    async with notify.sessions.begin() as tx:
        await redrive.skip(tx, STATION_OPERATOR, first, "a test of somebody's")
    assert await requeue_wishes(notify, harness) == ReplayCounts(handed=1, left=1)


async def test_replay_again_requires_replayable_handlers(harness: BusHarness) -> None:
    notify = await deliver_to_notify(harness, make_message(make_wish_opened()), fails=False)
    with pytest.raises(NotReplayable):
        await requeue_wishes(notify, harness, again=True)

    assert await requeue_wishes(notify, harness, again=True, replayable=True) == ReplayCounts(
        handed=1, left=0
    )
    assert await create_fixed_replica(harness).consumer.retry_worker.run_due() == 1
    assert await notify.count("handled") == 2
    async with notify.sessions() as tx:
        [action] = (await redrive.list_actions(tx, STATION_OPERATOR, MAX_PAGE)).items
    assert action.chosen == {"type": WishOpened.type, "again": "true"}


async def test_sent_messages_are_filtered_by_type_subject_correlation_and_time(
    harness: BusHarness,
) -> None:
    one, other = make_message(make_wish_opened()), make_message(make_wish_declined())
    await deliver_to_notify(harness, one, other, fails=False)
    [first] = await list_originals(harness, SentFilter(subject=one.subject))
    assert first.publisher == ("intake" if harness.kind == "inprocess" else "guest")
    correlation = Envelope.from_json(first.body).correlationid
    now = clock.now()
    for sent_filter in (
        SentFilter(type=WishOpened.type),
        SentFilter(correlation=correlation),
        SentFilter(type=WishOpened.type, since=now - timedelta(hours=1)),
    ):
        assert await list_originals(harness, sent_filter) == [first]
    assert await list_originals(harness, SentFilter(until=now - timedelta(hours=1))) == []
    async with harness.create_replica("intake").sessions() as tx:
        assert len(await bus_replay.page(tx, SentFilter(), STATION, 100)) == 2
        assert await bus_replay.page(tx, SentFilter(), OTHER_STATION, 100) == []


async def test_replay_ignores_messages_for_other_readers(harness: BusHarness) -> None:
    notify = await deliver_to_notify(harness, make_message(make_wish_declined()), fails=False)
    originals = await list_originals(harness, SentFilter(type=WishDeclined.type))
    await execute(notify, "DELETE FROM inbox")
    cases: list[tuple[Operator, Handlers]] = [
        (STATION_OPERATOR, {WishOpened: [insert_handled]}),
        (OTHER_STATION_OPERATOR, {WishDeclined: [insert_handled]}),
    ]
    async with notify.sessions.begin() as tx:
        replay = Replay(SentFilter(), "curious")
        for operator, handlers in cases:
            counts = await bus_replay.requeue(tx, operator, handlers, originals, replay)
            assert counts == ReplayCounts(0, 1)


def test_bundle_opens_only_for_its_service_and_station_within_an_hour() -> None:
    originals = [Original("intake", f"message {n}".encode() + new_id().bytes) for n in range(9)]
    [bundle] = bus_replay.seal_bundles(SEALER, originals, STATION_OPERATOR)
    assert bus_replay.open_bundle(SEALER, bundle, STATION_OPERATOR) == originals
    for other in (
        OTHER_STATION_OPERATOR,
        Operator("volunteers", STATION_OPERATOR.identity, STATION),
        UNSCOPED_OPERATOR,
    ):
        with pytest.raises(InvalidBundle):
            bus_replay.open_bundle(SEALER, bundle, other)
    for forged in ("", "gAAAA", SEALER.seal("[]"), SEALER.seal("13800000001")):
        with pytest.raises(InvalidBundle):
            bus_replay.open_bundle(SEALER, forged, STATION_OPERATOR)
    with clock.shifted(timedelta(hours=1, seconds=1)), pytest.raises(InvalidBundle):
        bus_replay.open_bundle(SEALER, bundle, STATION_OPERATOR)


def test_many_messages_are_split_into_bundles_that_fit_into_a_request() -> None:
    originals = [Original("intake", uuid4().bytes * 500) for _ in range(40)]
    originals += [Original("intake", b"".join(uuid4().bytes for _ in range(4_000)))]
    bundles = list(bus_replay.seal_bundles(SEALER, originals, STATION_OPERATOR))
    assert max(map(len, bundles)) < 60_000
    opened = [
        one
        for bundle in bundles
        for one in bus_replay.open_bundle(SEALER, bundle, STATION_OPERATOR)
    ]
    assert opened == originals[:-1]


def test_batch_handler_may_declare_that_it_is_replayable() -> None:
    async def handle(_tx: AsyncSession, _messages: list[Message[WishOpened]]) -> None: ...

    assert not BatchHandler(handle).replayable
    assert BatchHandler(handle, replayable=True).replayable
