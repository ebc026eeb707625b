"""Dead letters: messages that the broker gave up, parked in the inbox for operators."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop
from shared.backoff import Backoff
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.retry_worker import count_failure
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.transport.base import TRANSIENT_ERRORS, DeadLetters, Transport, TransportDelivery
from shared.observability.logs import logger

POLL_INTERVAL_SECONDS = 30.0
MAX_BACKOFF_SECONDS = 300.0
BATCH_SIZE = 50

log = logger(__name__)


class DeadLetterCollector:
    """Collector of the dead letters of one service's queue; every replica has one."""

    def __init__(
        self,
        service: str,
        sessions: async_sessionmaker[AsyncSession],
        dispatcher: Dispatcher,
        transport: Transport,
        *,
        interval_seconds: float = POLL_INTERVAL_SECONDS,
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._transport = transport
        self._loop = BackgroundLoop(
            f"dead letters {service}",
            self.drain,
            backoff=Backoff(interval_seconds, MAX_BACKOFF_SECONDS),
            transient=TRANSIENT_ERRORS,
            interval_seconds=interval_seconds,
        )

    @property
    def alive(self) -> bool:
        """True while the collector runs, even while it waits for the broker or the database."""
        return self._loop.alive

    async def start(self) -> None:
        """Start collecting in the background."""
        self._loop.start()

    async def stop(self) -> None:
        """Finish the batch under way and end; may be called twice."""
        await self._loop.stop()

    async def drain(self) -> int:
        """Park all dead letters; return how many were new to the inbox. Raises: Disconnected."""
        channel = await self._transport.dead_letters(self._service)
        if channel is None:
            return 0
        try:
            return await self._drain_channel(channel)
        finally:
            await channel.close()

    async def _drain_channel(self, channel: DeadLetters) -> int:
        new = 0
        while not self._loop.stopping.is_set() and (dead := await channel.take(BATCH_SIZE)):
            async with self._sessions.begin() as tx:
                are_new = [await self._park(tx, one) for one in await self._read(tx, dead)]
            # A message that the inbox already has is only acknowledged.
            await channel.ack(dead)
            new += sum(are_new)
        return new

    async def _read(
        self, tx: AsyncSession, dead: Sequence[TransportDelivery]
    ) -> list[tuple[IncomingMessage, str]]:
        """Parse dead letters, each with its reason; in the order of keys, or replicas deadlock."""
        reasons = [one.reason for one in dead]
        pairs = zip(await self._dispatcher.parser.receive(tx, dead), reasons, strict=True)
        return sorted(pairs, key=lambda one: one[0].key)

    async def _park(self, tx: AsyncSession, dead: tuple[IncomingMessage, str]) -> bool:
        one, reason = dead
        disposition = FailureDisposition(
            "parked", 0, 0, None, "; ".join(filter(None, (reason, one.error)))
        )
        fresh = await store.store_failed(tx, self._service, one, disposition)
        if fresh:
            count_failure(self._service, one.type, disposition)
            log.warning("dead letter parked", service=self._service, type=one.type)
        return fresh
