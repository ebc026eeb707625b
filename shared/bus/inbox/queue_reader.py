"""Queue reader: takes batches from one queue, and acknowledges what is recorded of them."""

import asyncio
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop, LoopTask, wait_for
from shared.backoff import Backoff
from shared.bus.inbox.batch_recorder import BatchRecorder
from shared.bus.inbox.locked_deliveries import LockedDeliveries
from shared.bus.transport.base import (
    TRANSIENT_ERRORS,
    Subscription,
    Transport,
    TransportDelivery,
)
from shared.db_errors import is_unwritable, redacted_message
from shared.observability.logs import logger

BATCH_SIZE = 200
PREFETCH_COUNT = 2 * BATCH_SIZE
MAX_IDLE_SECONDS = 10.0
FULL_POLL_SECONDS = 1.0

log = logger(__name__)


class QueueReader(LoopTask):
    """Reader of one queue in one replica."""

    def __init__(
        self,
        queue: str,
        sessions: async_sessionmaker[AsyncSession],
        recorder: BatchRecorder,
        transport: Transport,
    ) -> None:
        self.subscription: Subscription | None = None
        self._queue = queue
        self.sessions = sessions
        self.recorder = recorder
        self._transport = transport
        self._loop = BackgroundLoop(
            f"consumer {queue}",
            self._consume,
            backoff=Backoff(0.5, 15.0),
            transient=TRANSIENT_ERRORS,
        )
        super().__init__(self._loop)

    @property
    def alive(self) -> bool:
        """True while the queue is subscribed and read."""
        return super().alive and self.subscription is not None and self.subscription.alive

    async def stop(self) -> None:
        """Finish the batch, commit, acknowledge, and end; may be called twice."""
        self._loop.stopping.set()
        if self.subscription is not None:
            self.subscription.wake()
        await super().stop()

    async def _consume(self) -> None:
        """Consume on one channel until it closes; its unhandled deliveries return to the queue.

        The database is checked first, because a returned delivery counts against its message.
        """
        async with self.sessions() as tx:
            await tx.execute(text("SELECT 1"))
        subscription = await self._transport.subscribe(self._queue, PREFETCH_COUNT)
        locked = LockedDeliveries(subscription.wake)
        self.subscription = subscription
        try:
            while not self._loop.stopping.is_set():
                await self._wait_for_room()
                fresh = await self._take(subscription)
                if deliveries := [*locked.take_due(), *fresh]:
                    recorded = await self._record_when_writable(subscription, deliveries)
                    await subscription.ack(recorded)
                    tags = {one.tag for one in recorded}
                    locked.add(one for one in deliveries if one.tag not in tags)
                    self._loop.backoff.reset()
                self._loop.progress.complete("messages")
        finally:
            self.subscription = None
            locked.cancel()
            await subscription.close()

    async def _wait_for_room(self) -> None:
        """Take nothing while a publisher's messages would wait for too long in the inbox."""
        while self.recorder.is_full and not self._loop.stopping.is_set():
            self._loop.progress.complete("publisher")
            await wait_for(self._loop.stopping, FULL_POLL_SECONDS)

    async def _take(self, subscription: Subscription) -> list[TransportDelivery]:
        """Take deliveries; none after a while without any, so that the loop shows progress."""
        self._loop.progress.waits_for = "messages"
        timer = asyncio.get_running_loop().call_later(MAX_IDLE_SECONDS, subscription.wake)
        try:
            return await subscription.take(BATCH_SIZE)
        finally:
            self._loop.progress.waits_for = "turn"
            timer.cancel()

    async def _record_when_writable(
        self, subscription: Subscription, deliveries: Sequence[TransportDelivery]
    ) -> Sequence[TransportDelivery]:
        """Record deliveries, and return those to acknowledge; none when stopped meanwhile.

        While the database can't be written to, the deliveries wait on the open channel: returned
        to the queue, they would count as having ended a process.
        """
        backoff = Backoff(0.5, 5.0)
        while subscription.alive and not self._loop.stopping.is_set():
            try:
                return await self.recorder.record(deliveries)
            except Exception as error:
                if not is_unwritable(error):
                    raise
                self._loop.progress.waits_for = "database"
                log.warning("database not writable", error=redacted_message(error))
            await wait_for(self._loop.stopping, backoff.next_delay())
        return []
