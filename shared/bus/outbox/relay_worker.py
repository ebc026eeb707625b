"""Relay worker: takes lanes, publishes their rows, and records what the broker did with each."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.background_loop import Progress, wait_for
from shared.bus.outbox import lanes
from shared.bus.outbox.lanes import Floors, emptied_up_to
from shared.bus.outbox.record import LANE_COUNT
from shared.bus.transport.base import (
    RECORDED_HEADER,
    MessagePublisher,
    Publishing,
    PublishOutcome,
)
from shared.contracts.contract import AnyMessage
from shared.contracts.envelope import parse_own
from shared.contracts.registry import REGISTRY
from shared.observability.logs import logger
from shared.observability.metrics import (
    PUBLISHED,
    REFUSED,
    UNCONFIRMED,
)

BATCH_SIZE = 500
MAX_LANES_PER_BATCH = 4  # Leaves lanes for four workers at once, of whichever replicas.
POLL_INTERVAL_SECONDS = 1.0

log = logger(__name__)


class RelayState(Protocol):
    """What the workers of one relay share."""

    service: str
    workers: int
    wake: asyncio.Event
    stopping: asyncio.Event
    floors: Floors

    async def open_publisher(self) -> MessagePublisher:
        """Open a channel to publish on. Raises: Disconnected."""
        ...


class RelayWorker:
    """One worker on one database connection and one channel."""

    _conn: AsyncConnection

    def __init__(
        self, relay: RelayState, publisher: MessagePublisher, number: int, progress: Progress
    ) -> None:
        self.publisher = publisher
        self._relay = relay
        self._number = number
        self._progress = progress
        self._service = relay.service
        self._last_id = 0

    async def run(self, conn: AsyncConnection) -> None:
        """Relay until the relay stops."""
        self._conn = conn
        relay = self._relay
        while not relay.stopping.is_set():
            relay.wake.clear()
            moved = 0
            for some in _group_lanes(await self._look()):
                if relay.stopping.is_set():
                    return
                moved += await self._relay_batch(some)
            self._progress.complete()
            if not moved:
                await wait_for(relay.wake, POLL_INTERVAL_SECONDS)

    async def _look(self) -> list[int]:
        """List the lanes with work; each worker starts elsewhere, so that two seldom meet."""
        floors = self._relay.floors
        async with self._conn.begin():
            looked = await self._conn.execute(lanes.LOOK, floors.parameters(range(LANE_COUNT)))
        found, last_id = [], self._last_id
        for row in looked:
            if row.has_fresh or row.has_due:
                found.append(row.lane)
            if not row.has_fresh:
                floors.settle(row.lane, row.oldest_transaction, None)
                # The last look's, since the snapshot must be younger than the id.
                floors.empty(row.lane, last_id, row.next_transaction)
            self._last_id = row.last_id
        start = self._number * len(found) // self._relay.workers
        return found[start:] + found[:start]

    async def _relay_batch(self, some: Sequence[int]) -> int:
        """Relay those lanes that are free, once; return how many rows were moved or delayed."""
        async with self._conn.begin():
            rows = await self._take(some)
            if not rows:
                return 0
            to_publish = [row for row in rows if not row.is_behind_refused]
            outcomes = await self._publish(to_publish)
            pairs = list(zip(to_publish, outcomes, strict=False))
            left = await self._record(pairs, [row for row in rows if row.is_behind_refused])
        self._raise_floors(rows, left)
        self._count(pairs)
        if PublishOutcome.UNKNOWN in outcomes:
            # An unconfirmed message may be in flight; an id must not be twice on one channel.
            await self.publisher.close()
            self.publisher = await self._relay.open_publisher()
        return len(left)

    async def _take(self, some: Sequence[int]) -> Sequence[Row[Any]]:
        """Lock those lanes that are free, and read the first rows of each."""
        free = (await self._conn.scalars(lanes.LOCK, {"lanes": some})).all()
        if not free:
            return ()
        parameters = {**self._relay.floors.parameters(free), "limit": BATCH_SIZE // len(free)}
        rows: Sequence[Row[Any]] = (await self._conn.execute(lanes.ROWS, parameters)).all()
        return rows

    async def _record(
        self, pairs: Sequence[tuple[Row[Any], PublishOutcome]], behind: Sequence[Row[Any]]
    ) -> set[tuple[int, int]]:
        """Move what is confirmed, delay the others; return lane and id of what isn't fresh now."""
        confirmed = [row for row, outcome in pairs if outcome is PublishOutcome.CONFIRMED]
        refused = [row for row, outcome in pairs if outcome is PublishOutcome.REFUSED]
        if refused:
            await self._conn.execute(lanes.REFUSE, _pairs(refused))
        # Before a message that was refused earlier and is confirmed now leaves those behind it.
        if behind:
            await self._conn.execute(lanes.WAIT_BEHIND, _pairs(behind))
        if confirmed:
            values = {**_pairs(confirmed), "publisher": self.publisher.user}
            await self._conn.execute(lanes.MOVE, values)
        return {(row.lane, row.id) for row in (*confirmed, *refused, *behind)}

    def _raise_floors(self, batch: Sequence[Row[Any]], left: Collection[tuple[int, int]]) -> None:
        by_lane: dict[int, list[Row[Any]]] = {}
        for row in batch:
            if row.is_fresh:
                by_lane.setdefault(row.lane, []).append(row)
        for lane, rows in by_lane.items():
            emptied = emptied_up_to({row.id: (lane, row.id) in left for row in rows})
            self._relay.floors.settle(lane, rows[0].oldest_transaction, emptied + 1)
            self._relay.floors.empty(lane, emptied, rows[0].next_transaction)

    async def _publish(self, rows: Sequence[Row[Any]]) -> list[PublishOutcome]:
        """Publish and wait for the confirms; return no outcomes if the relay stops meanwhile."""
        batch = [_to_publishing(row) for row in rows]
        if not batch:
            return []
        publishing = asyncio.ensure_future(self.publisher.publish(batch))
        stopping = asyncio.ensure_future(self._relay.stopping.wait())
        try:
            await asyncio.wait({publishing, stopping}, return_when=asyncio.FIRST_COMPLETED)
            return publishing.result() if publishing.done() else []
        finally:
            stopping.cancel()
            publishing.cancel()
            await asyncio.gather(stopping, publishing, return_exceptions=True)

    def _count(self, pairs: Sequence[tuple[Row[Any], PublishOutcome]]) -> None:
        outcomes = [outcome for _, outcome in pairs]
        PUBLISHED.labels(self._service).inc(outcomes.count(PublishOutcome.CONFIRMED))
        UNCONFIRMED.labels(self._service).inc(outcomes.count(PublishOutcome.UNKNOWN))
        if refused := outcomes.count(PublishOutcome.REFUSED):
            REFUSED.labels(self._service).inc(refused)
            log.warning("messages refused", service=self._service, count=refused)


def _pairs(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {"lanes": [row.lane for row in rows], "ids": [row.id for row in rows]}


def _to_publishing(row: Row[Any]) -> Publishing:
    envelope = parse_own(row.body)
    headers = {"type": row.type, "station": envelope["station"]}
    if row.message_key is not None:
        # Readers count by it what they received, as the sender does.
        headers[RECORDED_HEADER] = row.created_at.isoformat()
    if trace := envelope.get("traceparent"):
        headers["traceparent"] = trace
    mandatory = bool(REGISTRY.get(row.type, AnyMessage).readers)
    return Publishing(envelope["id"], row.type, row.correlation, row.body, mandatory, headers)


def _group_lanes(some: Sequence[int]) -> Iterator[Sequence[int]]:
    """Split lanes into groups of one batch each; other workers take groups that are still free."""
    for first in range(0, len(some), MAX_LANES_PER_BATCH):
        yield some[first : first + MAX_LANES_PER_BATCH]
