"""Dead letters: what the broker gave up is taken back into the inbox, where operators look."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.backoff import Backoff
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import Handling
from shared.bus.inbox.retry_worker import count
from shared.bus.inbox.store import Kept, Received
from shared.bus.transport.base import DeadLetters, Delivery, Disconnected, Transport
from shared.db_errors import describe
from shared.observability.logs import logger

EVERY = 30.0
BATCH = 50

log = logger(__name__)


class DeadLetterOffice:
    """Takes back what was given up of one service's queue; every replica has one."""

    def __init__(
        self,
        service: str,
        sessions: async_sessionmaker[AsyncSession],
        handling: Handling,
        transport: Transport,
        *,
        every: float = EVERY,
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._handling = handling
        self._transport = transport
        self._every = every
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Whether it runs; one that waits for the broker or the database does."""
        return self._task is not None and not self._task.done()

    async def start(self) -> None:
        """Begin in the background."""
        if self._task is None:
            self._stopping.clear()
            self._task = asyncio.create_task(self._run(), name=f"dead letters {self._service}")

    async def stop(self) -> None:
        """Finish the batch under way and end; may be called twice."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def drain(self) -> int:
        """Take back all that is there now; how many were new to the inbox. Disconnected."""
        channel = await self._transport.dead_letters(self._service)
        if channel is None:
            return 0
        try:
            return await self._emptied(channel)
        finally:
            await channel.close()

    async def _emptied(self, channel: DeadLetters) -> int:
        new = 0
        while not self._stopping.is_set() and (dead := await channel.take(BATCH)):
            async with self._sessions.begin() as tx:
                kept = [await self._keep(tx, one) for one in await self._read(tx, dead)]
            # What is known already is only acknowledged.
            await channel.ack(dead)
            new += sum(kept)
        return new

    async def _read(self, tx: AsyncSession, dead: Sequence[Delivery]) -> list[tuple[Received, str]]:
        """What each says and why it died; in the order of keys, or two replicas deadlock."""
        reasons = [one.reason for one in dead]
        read = zip(await self._handling.receive(tx, dead), reasons, strict=True)
        return sorted(read, key=lambda one: one[0].key)

    async def _keep(self, tx: AsyncSession, dead: tuple[Received, str]) -> bool:
        one, reason = dead
        kept = Kept("parked", 0, 0, None, "; ".join(filter(None, (reason, one.wrong))))
        fresh = await store.keep(tx, self._service, one, kept)
        if fresh:
            count(self._service, one.type, kept)
            log.warning("dead letter parked", service=self._service, type=one.type)
        return fresh

    async def _run(self) -> None:
        pause = Backoff(self._every, 300.0)
        while not self._stopping.is_set():
            wait = self._every
            try:
                await self.drain()
                pause.reset()
            except (Disconnected, SQLAlchemyError, OSError) as error:
                log.warning("dead letters wait", service=self._service, error=describe(error))
                wait = pause.wait()
            except Exception:
                log.exception("taking back dead letters failed", service=self._service)
                wait = pause.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
