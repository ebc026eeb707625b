"""Consumer: takes batches of messages and handles them in one transaction with their inbox rows."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.background_loop import BackgroundLoop
from shared.backoff import Backoff
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.retry_policy import decide
from shared.bus.inbox.retry_worker import RetryWorker, count_failure, type_label
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.transport.base import (
    TRANSIENT_ERRORS,
    Subscription,
    Transport,
    TransportDelivery,
)
from shared.db_errors import is_unavailable, redacted_message, retry_on_contention
from shared.observability.logs import logger
from shared.observability.metrics import CONSUMER_ALIVE, HANDLED, REPEATED

BATCH_SIZE = 200
PREFETCH_COUNT = 2 * BATCH_SIZE
SUSPECT_DELIVERIES = 3
MAX_DELIVERIES = 20

log = logger(__name__)


class Consumer:
    """Consumer of one service's queue in one replica, together with its retry worker."""

    def __init__(
        self,
        service: str,
        sessions: async_sessionmaker[AsyncSession],
        dispatcher: Dispatcher,
        transport: Transport,
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._transport = transport
        self._dispatcher = dispatcher
        self.retry_worker = RetryWorker(service, sessions, dispatcher)
        self._subscription: Subscription | None = None
        self._loop = BackgroundLoop(
            f"consumer {service}",
            self._consume,
            backoff=Backoff(0.5, 15.0),
            transient=TRANSIENT_ERRORS,
        )

    @property
    def alive(self) -> bool:
        """True while the queue is subscribed and the retry worker runs."""
        subscribed = self._subscription is not None and self._subscription.alive
        return self._loop.alive and subscribed and self.retry_worker.alive

    async def start(self) -> None:
        """Start consuming in the background."""
        self._loop.start()
        CONSUMER_ALIVE.labels(self._service).set_function(lambda: float(self.alive))
        await self.retry_worker.start()

    async def stop(self) -> None:
        """Finish the batch, commit, acknowledge, and end; may be called twice."""
        self._loop.stopping.set()
        if self._subscription is not None:
            self._subscription.wake()
        await self._loop.stop()
        await self.retry_worker.stop()

    async def _consume(self) -> None:
        """Consume on one channel until it closes; its unhandled deliveries return to the queue.

        The database is checked first, because a returned delivery counts against its message.
        """
        async with self._sessions() as tx:
            await tx.execute(text("SELECT 1"))
        subscription = await self._transport.subscribe(self._service, PREFETCH_COUNT)
        self._subscription = subscription
        try:
            while not self._loop.stopping.is_set():
                deliveries = await subscription.take(BATCH_SIZE)
                if deliveries:
                    await self._process_batch(deliveries)
                    await subscription.ack(deliveries)
                    self._loop.backoff.reset()
        finally:
            self._subscription = None
            await subscription.close()

    async def _process_batch(self, deliveries: Sequence[TransportDelivery]) -> None:
        """Record every delivery in the inbox: done, retry or parked."""
        async with self._sessions() as tx:
            messages = await self._dispatcher.parser.receive(tx, deliveries)
        by_key = {
            one.key: one
            for one in messages
            if one.message is not None and one.count < SUSPECT_DELIVERIES
        }
        if own := [one for one in by_key.values() if one.publisher is None]:
            await self._handle(own)
        # A partner's message locks rows in the order of a person's request, not in the order of
        # `acquire_locks`: a batch of them could deadlock.
        for one in by_key.values():
            if one.publisher is not None:
                await self._handle([one])
        for one in messages:
            if one.message is None:
                await self._store(one, FailureDisposition("parked", 0, 0, None, one.error))
            elif one.count >= MAX_DELIVERIES:
                error = f"delivered {one.count} times without an acknowledgement"
                await self._store(one, FailureDisposition("parked", 0, 0, None, error))
            elif one.count >= SUSPECT_DELIVERIES:
                await self._handle_suspect(one)

    async def _handle(self, batch: Sequence[IncomingMessage]) -> None:
        """Handle a batch; after a failure, handle its halves, down to the message at fault."""
        try:
            await self._handle_or_retry(batch)
        except Exception as error:
            if is_unavailable(error):
                raise
            if len(batch) == 1:
                await self._store_failure(batch[0], error)
                return
            middle = len(batch) // 2
            await self._handle(batch[:middle])
            await self._handle(batch[middle:])

    async def _handle_or_retry(self, batch: Sequence[IncomingMessage]) -> None:
        """Handle the batch in one transaction, and again after contention."""
        fresh = await retry_on_contention(partial(self._transact, batch))
        REPEATED.labels(self._service).inc(len(batch) - len(fresh))
        for message in fresh:
            HANDLED.labels(self._service, type_label(message.type)).inc()

    async def _transact(self, batch: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        async with self._sessions() as tx, tx.begin():
            keys = await store.insert_new(tx, self._service, batch)
            fresh = [one for one in batch if one.key in keys]
            messages = [one.message for one in fresh if one.message is not None]
            if messages:
                await self._dispatcher.handle(tx, messages)
        return fresh

    async def _store_failure(self, one: IncomingMessage, error: Exception) -> None:
        log.warning("message failed", type=one.type, error=redacted_message(error))
        disposition = decide(error, attempts=1, deferrals=0, since=clock.now())
        await self._store(one, disposition)

    async def _handle_suspect(self, one: IncomingMessage) -> None:
        """Handle a message that may have crashed a replica, after storing it and its attempt."""
        await self._store(one, FailureDisposition.retry_now(), counted=False)
        await self.retry_worker.run_one(one.key)

    async def _store(
        self, one: IncomingMessage, disposition: FailureDisposition, *, counted: bool = True
    ) -> None:
        async with self._sessions() as tx, tx.begin():
            fresh = await store.store_failed(tx, self._service, one, disposition)
        if fresh and counted:
            count_failure(self._service, one.type, disposition)
