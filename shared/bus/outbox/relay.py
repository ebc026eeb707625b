"""Relay: publishes the outbox by lanes, and moves a row to `sent` only once it is confirmed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.background_loop import BackgroundLoop, wait_for
from shared.backoff import Backoff
from shared.bus.maintenance import ensure_partitions
from shared.bus.outbox.record import LANE_COUNT
from shared.bus.transport.base import (
    TRANSIENT_ERRORS,
    Disconnected,
    MessagePublisher,
    Publishing,
    PublishOutcome,
    Transport,
)
from shared.contracts.contract import AnyMessage
from shared.contracts.envelope import parse_own
from shared.contracts.registry import REGISTRY
from shared.observability.logs import logger
from shared.observability.metrics import (
    OUTBOX_DEPTH,
    OUTBOX_OLDEST,
    PUBLISHED,
    REFUSED,
    RELAY_ALIVE,
    UNCONFIRMED,
)

RELAY_WORKERS = 2
BATCH_SIZE = 500
MAX_LANES_PER_BATCH = 4  # Leaves lanes for four workers at once, of whichever replicas.
POLL_INTERVAL_SECONDS = 1.0
SAMPLE_INTERVAL_SECONDS = 5.0

_SET_IDLE_TIMEOUT = text("SET idle_in_transaction_session_timeout = '30s'")
_LANES = text(
    f"SELECT lane FROM generate_series(0, {LANE_COUNT - 1}) AS lane"  # noqa: S608 - a constant
    " WHERE EXISTS (SELECT FROM outbox WHERE outbox.lane = lane.lane)"
)
# The locks and the rows are two statements: in one, the snapshot would be older than the locks.
_LOCK = text(
    "SELECT lane FROM unnest(CAST(:lanes AS smallint[])) AS lane"
    " WHERE pg_try_advisory_xact_lock('outbox'::regclass::oid::int, lane)"
)
# A limit for each lane, so that a long lane doesn't delay the others.
_ROWS = text(
    "SELECT row.lane, row.id, row.type, row.correlation, row.body"
    " FROM unnest(CAST(:lanes AS smallint[])) AS locked (lane) CROSS JOIN LATERAL"
    " (SELECT * FROM outbox WHERE outbox.lane = locked.lane ORDER BY id LIMIT :limit) AS row"
    " ORDER BY row.lane, row.id"
)
_MOVE = text(
    "WITH moved AS (DELETE FROM outbox WHERE lane = ANY(CAST(:lanes AS smallint[]))"
    " AND id = ANY(CAST(:ids AS bigint[]))"
    " RETURNING lane, id, type, subject, correlation, body, created_at)"
    " INSERT INTO sent (lane, id, type, subject, correlation, body, created_at, sent_at,"
    " publisher)"
    " SELECT lane, id, type, subject, correlation, body, created_at, now(), :publisher FROM moved"
)
_SAMPLE = text(
    "SELECT lane, count(*) AS depth, extract(epoch FROM now() - min(created_at)) AS age"
    " FROM outbox GROUP BY lane"
)

log = logger(__name__)


class Relay:
    """The relay workers of one replica; setting `wake` makes them look at the outbox at once.

    `engine` is the relay's own, with a connection for each worker.
    """

    def __init__(
        self,
        service: str,
        engine: AsyncEngine,
        transport: Transport,
        *,
        workers: int = RELAY_WORKERS,
    ) -> None:
        self.wake = asyncio.Event()
        self.stopping = asyncio.Event()
        self.service = service
        self.workers = workers
        self._engine = engine
        self._transport = transport
        self._loops = [
            BackgroundLoop(
                f"relay {service} {number}",
                partial(self._run_worker, number),
                backoff=Backoff(1.0, 15.0),
                transient=TRANSIENT_ERRORS,
            )
            for number in range(workers)
        ]
        self._backoffs: dict[int, Backoff] = {}
        self._backing_off_until: dict[int, float] = {}

    @property
    def alive(self) -> bool:
        """True while every worker runs, even while it waits for the broker or the database."""
        return all(loop.alive for loop in self._loops)

    async def start(self) -> None:
        """Start relaying in the background."""
        self.stopping.clear()
        for loop in self._loops:
            loop.start()
        RELAY_ALIVE.labels(self.service).set_function(lambda: float(self.alive))

    async def stop(self) -> None:
        """Start no new batch and abandon waits for confirms: rows stay. May be called twice."""
        self.stopping.set()
        self.wake.set()
        await asyncio.gather(*(loop.stop() for loop in self._loops))

    async def open_publisher(self) -> MessagePublisher:
        """Open a channel to publish on. Raises: Disconnected."""
        return await self._transport.publisher(self.service)

    def is_backing_off(self, lane: int) -> bool:
        """Return whether a lane waits because one of its messages was refused."""
        return self._backing_off_until.get(lane, 0.0) > asyncio.get_running_loop().time()

    async def _run_worker(self, number: int) -> None:
        """Run a worker on one database connection and one channel, which are dropped together."""
        publisher = await self.open_publisher()
        worker = _Worker(self, publisher, number)
        try:
            async with self._engine.connect() as conn:
                try:
                    await conn.execute(_SET_IDLE_TIMEOUT)
                    await ensure_partitions(conn)
                    await conn.commit()
                    self._loops[number].backoff.reset()
                    await worker.run(conn)
                except TRANSIENT_ERRORS:
                    with suppress(SQLAlchemyError, OSError):
                        await conn.invalidate()
                    raise
        finally:
            await worker.publisher.close()

    def back_off(self, lane: int) -> None:
        """Let a lane wait, longer each time, since one of its messages was refused."""
        backoff = self._backoffs.setdefault(lane, Backoff(1.0, 300.0))
        self._backing_off_until[lane] = asyncio.get_running_loop().time() + backoff.next_delay()

    def reset_backoff(self, lane: int) -> None:
        """Let a lane go on, since its messages were confirmed."""
        self._backoffs.pop(lane, None)
        self._backing_off_until.pop(lane, None)


class _Worker:
    """One worker on one database connection and one channel."""

    _conn: AsyncConnection

    def __init__(self, relay: Relay, publisher: MessagePublisher, number: int) -> None:
        self.publisher = publisher
        self._relay = relay
        self._number = number
        self._service = relay.service
        self._sampled = 0.0

    async def run(self, conn: AsyncConnection) -> None:
        self._conn = conn
        relay = self._relay
        while not relay.stopping.is_set():
            relay.wake.clear()
            await self._sample()
            moved = 0
            for lanes in _group_lanes(await self._lanes()):
                if relay.stopping.is_set():
                    return
                moved += await self._relay_batch(lanes)
            if not moved:
                await wait_for(relay.wake, POLL_INTERVAL_SECONDS)

    async def _lanes(self) -> list[int]:
        """List the lanes with rows; each worker starts elsewhere, so that two seldom meet."""
        async with self._conn.begin():
            lanes = list((await self._conn.scalars(_LANES)).all())
        start = self._number * len(lanes) // self._relay.workers
        ordered = lanes[start:] + lanes[:start]
        return [lane for lane in ordered if not self._relay.is_backing_off(lane)]

    async def _relay_batch(self, lanes: Sequence[int]) -> int:
        """Relay those of `lanes` that are free, once; return how many rows were moved."""
        async with self._conn.begin():
            free = (await self._conn.scalars(_LOCK, {"lanes": lanes})).all()
            if not free:
                return 0
            share = BATCH_SIZE // len(free)
            result = await self._conn.execute(_ROWS, {"lanes": free, "limit": share})
            rows = result.all()
            outcomes = await self._publish(rows)
            ids = [
                row.id
                for row, outcome in zip(rows, outcomes, strict=False)
                if outcome is PublishOutcome.CONFIRMED
            ]
            if ids:
                values = {"lanes": free, "ids": ids, "publisher": self.publisher.user}
                await self._conn.execute(_MOVE, values)
        by_lane: dict[int, list[PublishOutcome]] = {}
        for row, outcome in zip(rows, outcomes, strict=False):
            by_lane.setdefault(row.lane, []).append(outcome)
        for lane, lane_outcomes in by_lane.items():
            self._count_outcomes(lane, lane_outcomes)
        if PublishOutcome.UNKNOWN in outcomes:
            # An unconfirmed message may be in flight; an id must not be twice on one channel.
            await self.publisher.close()
            self.publisher = await self._relay.open_publisher()
        return len(ids)

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
        except Disconnected:
            for lane in {row.lane for row in rows}:
                self._relay.back_off(lane)
            raise
        finally:
            stopping.cancel()
            publishing.cancel()
            await asyncio.gather(stopping, publishing, return_exceptions=True)

    def _count_outcomes(self, lane: int, outcomes: Sequence[PublishOutcome]) -> None:
        refused = outcomes.count(PublishOutcome.REFUSED)
        PUBLISHED.labels(self._service).inc(outcomes.count(PublishOutcome.CONFIRMED))
        REFUSED.labels(self._service).inc(refused)
        UNCONFIRMED.labels(self._service).inc(outcomes.count(PublishOutcome.UNKNOWN))
        if refused:
            log.warning("messages refused", service=self._service, lane=lane, count=refused)
            self._relay.back_off(lane)
        elif outcomes:
            self._relay.reset_backoff(lane)

    async def _sample(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._number or now - self._sampled < SAMPLE_INTERVAL_SECONDS:
            return
        self._sampled = now
        async with self._conn.begin():
            samples = {row.lane: row for row in (await self._conn.execute(_SAMPLE)).all()}
        for lane in range(LANE_COUNT):
            OUTBOX_DEPTH.labels(self._service, lane).set(
                samples[lane].depth if lane in samples else 0
            )
        OUTBOX_OLDEST.labels(self._service).set(
            max((row.age for row in samples.values()), default=0)
        )


def _to_publishing(row: Row[Any]) -> Publishing:
    envelope = parse_own(row.body)
    headers = {"type": row.type, "station": envelope["station"]}
    if trace := envelope.get("traceparent"):
        headers["traceparent"] = trace
    mandatory = bool(REGISTRY.get(row.type, AnyMessage).readers)
    return Publishing(envelope["id"], row.type, row.correlation, row.body, mandatory, headers)


def _group_lanes(lanes: Sequence[int]) -> Iterator[Sequence[int]]:
    """Split lanes into groups of one batch each; other workers take groups that are still free."""
    for first in range(0, len(lanes), MAX_LANES_PER_BATCH):
        yield lanes[first : first + MAX_LANES_PER_BATCH]
