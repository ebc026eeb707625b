"""The relay's turns: several lanes at once, and a share for each of them."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.message import Handlers, Message
from shared.bus.outbox import relay
from shared.bus.outbox.record import LANES, Fact, lane
from shared.bus.transport.base import Outcome, Outgoing, Publisher, Transport
from shared.contracts.intake import WishOpened
from tests.bus.harness import STATION, Replica, Rig, Wrapped, fact, until, wish

Batches = list[list[str]]


class Watched(Wrapped):
    """A transport that keeps the ids of what was published together."""

    def __init__(self, inner: Transport, batches: Batches) -> None:
        super().__init__(inner)
        self._batches = batches

    async def publisher(self, service: str) -> Publisher:
        """The inner publisher, watched."""
        return _Watching(await super().publisher(service), self._batches)


class _Watching:
    def __init__(self, inner: Publisher, batches: Batches) -> None:
        self.user = inner.user
        self._inner = inner
        self._batches = batches

    async def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        self._batches.append([outgoing.id for outgoing in batch])
        return await self._inner.publish(batch)

    async def close(self) -> None:
        await self._inner.close()


@pytest.fixture
async def watched(inprocess_rig: Rig) -> tuple[Replica, Batches]:
    """A replica that reads itself, not started yet, and what it publishes together."""
    batches: Batches = []
    await inprocess_rig.bind(intake=[WishOpened])
    handlers: Handlers = {WishOpened: _do_nothing}
    replica = inprocess_rig.replica("intake", handlers, wrap=lambda t: Watched(t, batches))
    return replica, batches


async def test_a_burst_over_all_lanes_takes_fewer_turns_than_lanes(
    watched: tuple[Replica, Batches],
) -> None:
    replica, batches = watched
    await replica.record(*(fact(wish()) for _ in range(20 * LANES)))
    await replica.start()
    await until(replica.idle)
    assert sum(len(batch) for batch in batches) == 20 * LANES
    assert len(batches) < LANES


async def test_a_long_lane_leaves_its_neighbours_a_share_of_the_turn(
    watched: tuple[Replica, Batches], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "TURN", 8)
    replica, batches = watched
    subjects = _subjects()
    many = [Fact(subjects[0], STATION, number, wish()) for number in range(20)]
    await replica.record(*many)
    [late] = await replica.record(Fact(subjects[1], STATION, 1, wish()))
    await replica.start()
    await until(replica.idle)
    assert str(late) in batches[0]


async def _do_nothing(_tx: AsyncSession, _message: Message[Any]) -> None:
    pass


def _subjects() -> dict[int, str]:
    """A subject of each lane."""
    return {lane(subject): subject for subject in (f"things/{n}" for n in range(50 * LANES))}
