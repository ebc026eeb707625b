"""Retry worker: handles failed messages again, each alone and with its attempt counted first."""

from functools import partial
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop
from shared.backoff import Backoff
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.retry_policy import decide
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.tables import FailureState
from shared.bus.transport.base import TRANSIENT_ERRORS
from shared.contracts.registry import REGISTRY
from shared.db_errors import is_unavailable, redacted_message, retry_on_contention
from shared.observability.logs import logger
from shared.observability.metrics import HANDLED, INBOX_WAITING, PARKED, RETRIED

POLL_INTERVAL_SECONDS = 1.0
log = logger(__name__)


class RetryWorker:
    """Worker for one service's due retries; every replica has one, and one of them claims a row."""

    def __init__(
        self, service: str, sessions: async_sessionmaker[AsyncSession], dispatcher: Dispatcher
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._loop = BackgroundLoop(
            f"retries {service}",
            self._run_due_and_sample,
            backoff=Backoff(1.0, 15.0),
            transient=TRANSIENT_ERRORS,
            interval_seconds=POLL_INTERVAL_SECONDS,
        )
        self.wake = self._loop.wake

    @property
    def alive(self) -> bool:
        """True while the worker runs."""
        return self._loop.alive

    async def start(self) -> None:
        """Start retrying in the background."""
        self._loop.start()

    async def stop(self) -> None:
        """Finish the message under way and end; may be called twice."""
        await self._loop.stop()

    async def run_due(self) -> int:
        """Run all retries that are due now; return how many."""
        ran = 0
        while not self._loop.stopping.is_set() and await self.run_one():
            ran += 1
        return ran

    async def run_one(self, key: UUID | None = None) -> bool:
        """Run one due message, or the one with `key`; return False if none was due."""
        async with self._sessions() as tx, tx.begin():
            claimed = await store.claim(tx, self._service, key)
        if claimed is None:
            return False
        async with self._sessions() as tx:
            received = await self._dispatcher.parser.parse_stored(tx, claimed)
        if received.message is None:
            await self._store_retry(claimed, _park(claimed, received.error))
            return True
        try:
            await retry_on_contention(partial(self._handle, claimed, received))
            HANDLED.labels(self._service, type_label(claimed.type)).inc()
        except Exception as error:
            if is_unavailable(error):
                raise
            log.warning("message failed again", type=claimed.type, error=redacted_message(error))
            attempts, since = claimed.attempts, claimed.retried_at or claimed.received_at
            disposition = decide(error, attempts=attempts, deferrals=claimed.waits, since=since)
            await self._store_retry(claimed, disposition)
        return True

    async def _handle(self, claimed: Row[Any], received: IncomingMessage) -> None:
        async with self._sessions() as tx, tx.begin():
            if not await store.finish(tx, claimed):
                return
            # Bytes that were invalid when stored may be valid now, and the message may have
            # arrived again since then.
            has_same_key = received.key == claimed.message_key
            if received.message and (
                has_same_key or await store.insert_new(tx, self._service, [received])
            ):
                await self._dispatcher.handle(tx, [received.message])

    async def _store_retry(self, claimed: Row[Any], disposition: FailureDisposition) -> None:
        async with self._sessions() as tx, tx.begin():
            if await store.store_retry(tx, claimed, disposition):
                count_failure(self._service, claimed.type, disposition)

    async def _run_due_and_sample(self) -> None:
        await self.run_due()
        await self._sample()

    async def _sample(self) -> None:
        async with self._sessions() as tx:
            counts = await store.count_by_state(tx, self._service)
        for state in get_args(FailureState):
            INBOX_WAITING.labels(self._service, state).set(counts.get(state, 0))


def count_failure(service: str, type_: str, disposition: FailureDisposition) -> None:
    """Count a message that was stored as failed."""
    counter = PARKED if disposition.state == "parked" else RETRIED
    counter.labels(service, type_label(type_)).inc()


def type_label(type_: str) -> str:
    """Return the type as a metric's label: `other` for foreign types, so that labels stay few."""
    return type_ if type_ in REGISTRY else "other"


def _park(claimed: Row[Any], error: str) -> FailureDisposition:
    return FailureDisposition("parked", claimed.attempts, claimed.waits, None, error)
