"""The relay's batches: several lanes at once, and a share for each of them."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.message import Handlers, Message
from shared.bus.outbox import relay_worker
from shared.bus.outbox.record import LANE_COUNT, OutgoingMessage, lane_of
from shared.bus.transport.base import MessagePublisher, Publishing, PublishOutcome, Transport
from shared.contracts.intake import WishOpened
from shared.ids import new_id
from tests.bus.harness import (
    STATION,
    BusHarness,
    Replica,
    TransportWrapper,
    has_count,
    insert_handled,
    make_message,
    make_wish_opened,
    wait_until,
)
from tests.bus.inbox_rows import execute

Batches = list[list[str]]


class RecordingTransport(TransportWrapper):
    """A transport that records the ids of messages published together."""

    def __init__(self, inner: Transport, batches: Batches) -> None:
        super().__init__(inner)
        self._batches = batches

    async def publisher(self, service: str) -> MessagePublisher:
        """Wrap the inner publisher in a recording one."""
        return _RecordingPublisher(await super().publisher(service), self._batches)


class _RecordingPublisher:
    def __init__(self, inner: MessagePublisher, batches: Batches) -> None:
        self.user = inner.user
        self._inner = inner
        self._batches = batches

    async def publish(self, batch: Sequence[Publishing]) -> list[PublishOutcome]:
        self._batches.append([outgoing.id for outgoing in batch])
        return await self._inner.publish(batch)

    async def close(self) -> None:
        await self._inner.close()


@pytest.fixture
async def recording_replica(inprocess_harness: BusHarness) -> tuple[Replica, Batches]:
    """Provide a replica that reads its own messages, not started, and the batches it publishes."""
    batches: Batches = []
    await inprocess_harness.bind(intake=[WishOpened])
    handlers: Handlers = {WishOpened: [_do_nothing]}
    replica = inprocess_harness.create_replica(
        "intake", handlers, wrap=lambda t: RecordingTransport(t, batches)
    )
    return replica, batches


async def test_burst_over_all_lanes_takes_fewer_batches_than_lanes(
    recording_replica: tuple[Replica, Batches],
) -> None:
    replica, batches = recording_replica
    await replica.record(*(make_message(make_wish_opened()) for _ in range(20 * LANE_COUNT)))
    await replica.start()
    await wait_until(replica.is_idle)
    assert sum(len(batch) for batch in batches) == 20 * LANE_COUNT
    assert len(batches) < LANE_COUNT


async def test_long_lane_leaves_other_lanes_a_share_of_the_batch(
    recording_replica: tuple[Replica, Batches], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_worker, "BATCH_SIZE", 8)
    replica, batches = recording_replica
    subjects = _subject_by_lane()
    messages = [
        OutgoingMessage(subjects[0], STATION, number, make_wish_opened()) for number in range(20)
    ]
    await replica.record(*messages)
    [late] = await replica.record(OutgoingMessage(subjects[1], STATION, 1, make_wish_opened()))
    await replica.start()
    await wait_until(replica.is_idle)
    assert str(late) in batches[0]


async def _do_nothing(_tx: AsyncSession, _message: Message[Any]) -> None:
    pass


def _subject_by_lane() -> dict[int, str]:
    """Return a subject for each lane."""
    return {
        lane_of(subject): subject for subject in (f"things/{n}" for n in range(50 * LANE_COUNT))
    }


async def test_message_behind_a_refused_one_that_is_confirmed_now_follows_it(
    harness: BusHarness,
) -> None:
    await harness.bind(notify=[WishOpened])
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start()
    intake = harness.create_replica("intake")
    wish = new_id()
    await intake.record(*(make_message(make_wish_opened(wish_id=wish), n) for n in (1, 2, 3)))
    await execute(
        intake,
        "UPDATE outbox SET due_at = now(), refusals = 1 WHERE id = (SELECT min(id) FROM outbox)",
    )
    await intake.start(consumer=False)
    await wait_until(lambda: has_count(notify.count("handled"), 3))
    await wait_until(intake.is_idle)
