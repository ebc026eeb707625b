"""Retry worker: handles failed and deferred messages again, many at a time."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.background_loop import BackgroundLoop, LoopTask
from shared.backoff import Backoff
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.isolation import Outcome, Steps, handle_alone, handle_each
from shared.bus.inbox.retry_policy import (
    MAX_ATTEMPTS,
    decide,
    decide_uncalled,
    decide_unreadable,
)
from shared.bus.inbox.store import DueSelection, FailureDisposition, IncomingMessage
from shared.bus.tables import FailureState
from shared.bus.transport.base import TRANSIENT_ERRORS
from shared.contracts.registry import REGISTRY
from shared.db_errors import is_unavailable, redacted_message
from shared.errors import NotYet
from shared.observability.logs import logger
from shared.observability.metrics import HANDLED, INBOX_WAITING, PARKED, RETRIED

POLL_INTERVAL_SECONDS = 1.0
CLAIM_SIZE = 50
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class _Claim:
    """A claimed inbox row and its parsed message."""

    row: Row[Any]
    received: IncomingMessage

    @property
    def is_alone(self) -> bool:
        """Whether the claim counted the attempt, since an earlier one had no outcome."""
        return bool(self.row.claims > 1)


class RetryWorker(LoopTask):
    """Worker for one service's due retries; every replica has one, and one of them claims a row.

    Failed and deferred messages have a loop each: thousands that wait for their cause don't keep
    others waiting. A message whose last attempt ended without an outcome is handled alone.
    """

    def __init__(
        self, service: str, sessions: async_sessionmaker[AsyncSession], dispatcher: Dispatcher
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._steps = Steps(self._handle, self._store_failure)
        self._interrupted: list[Row[Any]] = []
        self._failed = self._loop("retries", self._run_failed_and_sample)
        self.wake = self._failed.wake
        super().__init__(self._failed, self._loop("deferrals", partial(self._run, deferred=True)))

    async def run_due(self) -> int:
        """Run all retries that are due now; return how many."""
        return await self._run(deferred=False) + await self._run(deferred=True)

    async def _run_failed_and_sample(self) -> None:
        await self._run(deferred=False)
        await self._sample()

    async def _run(self, *, deferred: bool) -> int:
        await self._release_interrupted()
        together = DueSelection(self._service, deferred, alone=False)
        alone = DueSelection(self._service, deferred, alone=True)
        ran, count = 0, 1
        while count and not self._failed.stopping.is_set():
            count = await self._claim_and_run(together, CLAIM_SIZE)
            count += await self._claim_and_run(alone, 1)
            ran += count
        return ran

    async def _claim_and_run(self, selection: DueSelection, limit: int) -> int:
        """Claim up to `limit` due messages and run them; return how many."""
        async with self._sessions() as tx, tx.begin():
            rows = await store.claim_due(tx, selection, limit)
        try:
            await self._run_claims(rows)
        except Exception as error:
            if is_unavailable(error):
                # No message's fault: the claims are taken back once the database can be reached.
                self._interrupted += rows
            raise
        return len(rows)

    async def _run_claims(self, rows: Sequence[Row[Any]]) -> None:
        if not rows:
            return
        async with self._sessions() as tx:
            claims = [
                _Claim(row, await self._dispatcher.parser.parse_stored(tx, row)) for row in rows
            ]
        together = []
        for claim in claims:
            if disposition := _decide_before(claim):
                await self._store(claim, disposition)
            elif claim.is_alone or claim.received.publisher is not None:
                # Partners' messages lock rows in an order of their own.
                self._count(claim, await handle_alone(self._sessions, claim, self._steps))
            else:
                together.append(claim)
        outcomes = await handle_each(self._sessions, together, self._steps)
        for claim, outcome in zip(together, outcomes, strict=True):
            self._count(claim, outcome)

    async def _handle(self, tx: AsyncSession, claim: _Claim) -> bool:
        if not await store.finish(tx, claim.row):
            return False
        # Bytes that were invalid when stored may be valid now, and the message may have arrived
        # again since then.
        received = claim.received
        has_same_key = claim.row.message_key in (received.key, received.old_key)
        if received.message and (
            has_same_key or await store.insert_new(tx, self._service, [received])
        ):
            await self._dispatcher.handle(tx, [received.message])
        return True

    async def _store_failure(self, tx: AsyncSession, claim: _Claim, error: Exception) -> None:
        row = claim.row
        # Messages that wait for their cause may be thousands.
        level = log.debug if isinstance(error, NotYet) else log.warning
        level("message failed again", type=row.type, error=redacted_message(error))
        attempts = store.attempts_of(row)
        disposition = decide(error, attempts=attempts, deferrals=row.waits, age=row.age)
        if await store.store_retry(tx, row, disposition):
            count_failure(self._service, row.type, disposition)

    async def _store(self, claim: _Claim, disposition: FailureDisposition) -> None:
        async with self._sessions() as tx, tx.begin():
            if await store.store_retry(tx, claim.row, disposition):
                count_failure(self._service, claim.row.type, disposition)

    async def _release_interrupted(self) -> None:
        while self._interrupted:
            async with self._sessions() as tx, tx.begin():
                await store.release(tx, self._interrupted[-1])
            self._interrupted.pop()

    async def _sample(self) -> None:
        async with self._sessions() as tx:
            counts = await store.count_by_state(tx, self._service)
        for state in get_args(FailureState):
            INBOX_WAITING.labels(self._service, state).set(counts.get(state, 0))

    def _count(self, claim: _Claim, outcome: Outcome) -> None:
        if outcome is Outcome.HANDLED:
            HANDLED.labels(self._service, type_label(claim.row.type)).inc()

    def _loop(self, name: str, turn: Callable[[], Awaitable[object]]) -> BackgroundLoop:
        return BackgroundLoop(
            f"{name} {self._service}",
            turn,
            backoff=Backoff(1.0, 15.0),
            transient=TRANSIENT_ERRORS,
            interval_seconds=POLL_INTERVAL_SECONDS,
        )


def count_failure(service: str, type_: str, disposition: FailureDisposition) -> None:
    """Count a message that was stored as failed."""
    counter = PARKED if disposition.state == "parked" else RETRIED
    counter.labels(service, type_label(type_)).inc()


def type_label(type_: str) -> str:
    """Return the type as a metric's label: `other` for foreign types, so that labels stay few."""
    return type_ if type_ in REGISTRY else "other"


def _decide_before(claim: _Claim) -> FailureDisposition | None:
    """Decide about a claimed message that must not or can't be handled; None for any other."""
    row = claim.row
    if claim.is_alone and row.attempts > MAX_ATTEMPTS:
        return decide_uncalled(row.attempts - 1, row.waits)
    if claim.received.message is None:
        attempts = store.attempts_of(row) - 1
        return decide_unreadable(
            claim.received, attempts=attempts, deferrals=row.waits, age=row.age
        )
    return None
