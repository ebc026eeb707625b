"""Dead letters: messages that the broker gave up, parked in the inbox for operators."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop, LoopTask
from shared.backoff import Backoff
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.retry_worker import count_failure
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.transport.base import TRANSIENT_ERRORS, DeadLetters, Transport, TransportDelivery
from shared.observability.logs import logger
from shared.observability.metrics import QUEUE_DEPTH

POLL_INTERVAL_SECONDS = 30.0
MAX_BACKOFF_SECONDS = 45.0
BATCH_SIZE = 50

log = logger(__name__)


class DeadLetterCollector(LoopTask):
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
        self._channel: DeadLetters | None = None
        self._loop = BackgroundLoop(
            f"dead letters {service}",
            self.drain,
            backoff=Backoff(interval_seconds, MAX_BACKOFF_SECONDS),
            transient=TRANSIENT_ERRORS,
            interval_seconds=interval_seconds,
        )
        super().__init__(self._loop)

    async def stop(self) -> None:
        """Finish the batch under way and end; may be called twice."""
        await super().stop()
        await self._close_channel()

    async def drain(self) -> int:
        """Park all dead letters; return how many were new to the inbox. Raises: Disconnected."""
        # One channel for all polls: each that is opened leaves objects behind in its connection.
        if self._channel is None:
            self._channel = await self._transport.dead_letters(self._service)
        if self._channel is None:
            return 0
        try:
            for queue, depth in (await self._channel.depths()).items():
                QUEUE_DEPTH.labels(self._service, queue).set(depth)
            return await self._drain_channel(self._channel)
        except BaseException:
            await self._close_channel()
            raise

    async def _close_channel(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
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
        disposition = FailureDisposition.park("; ".join(filter(None, (reason, one.error))))
        fresh = await store.store_failed(tx, self._service, one, disposition)
        if fresh:
            count_failure(self._service, one.type, disposition)
            log.warning("dead letter parked", service=self._service, type=one.type)
        return fresh
