"""Relay: publishes the outbox by lanes, and moves a row to `sent` only once it is confirmed."""

import asyncio
from contextlib import suppress
from functools import partial

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.background_loop import BackgroundLoop, LoopTask
from shared.backoff import Backoff
from shared.bus.maintenance import ensure_partitions
from shared.bus.outbox.lanes import Floors
from shared.bus.outbox.relay_worker import RelayWorker
from shared.bus.transport.base import TRANSIENT_ERRORS, MessagePublisher, Transport
from shared.observability.metrics import RELAY_ALIVE

RELAY_WORKERS = 2

_SET_IDLE_TIMEOUT = text("SET idle_in_transaction_session_timeout = '30s'")


class Relay(LoopTask):
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
        self.floors = Floors()
        self._engine = engine
        self._transport = transport
        super().__init__(
            *(
                BackgroundLoop(
                    f"relay {service} {number}",
                    partial(self._run_worker, number),
                    backoff=Backoff(1.0, 15.0),
                    transient=TRANSIENT_ERRORS,
                )
                for number in range(workers)
            )
        )

    async def start(self) -> None:
        """Start relaying in the background."""
        self.stopping.clear()
        await super().start()
        RELAY_ALIVE.labels(self.service).set_function(lambda: float(self.alive))

    async def stop(self) -> None:
        """Start no new batch and abandon waits for confirms: rows stay. May be called twice."""
        self.stopping.set()
        self.wake.set()
        await super().stop()

    async def open_publisher(self) -> MessagePublisher:
        """Open a channel to publish on. Raises: Disconnected."""
        return await self._transport.publisher(self.service)

    async def _run_worker(self, number: int) -> None:
        """Run a worker on one database connection and one channel, which are dropped together."""
        progress = self.loops[number].progress
        worker = RelayWorker(self, await self.open_publisher(), number, progress)
        try:
            async with self._engine.connect() as conn:
                try:
                    await conn.execute(_SET_IDLE_TIMEOUT)
                    await ensure_partitions(conn)
                    await conn.commit()
                    self.floors.forget()
                    self.loops[number].backoff.reset()
                    await worker.run(conn)
                except TRANSIENT_ERRORS:
                    with suppress(SQLAlchemyError, OSError):
                        await conn.invalidate()
                    raise
        finally:
            await worker.publisher.close()
