"""Batch recorder: handles messages in one transaction with their inbox rows, or stores them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.bus import message_keys
from shared.bus.inbox import repeats, store
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.inbox.isolation import (
    CHUNK_SIZE,
    Outcome,
    Steps,
    failed_unless_locked,
    handle_alone,
    handle_each,
    store_failure,
)
from shared.bus.inbox.retry_policy import decide, decide_unreadable
from shared.bus.inbox.retry_worker import count_failure, type_label
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.partners.ingress import IdReused
from shared.bus.partners.pacer import Pacer
from shared.bus.transport.base import TransportDelivery
from shared.db_errors import (
    is_contention,
    is_unavailable,
    redacted_message,
    rerun_after_deadlock,
)
from shared.observability.logs import logger
from shared.observability.metrics import HANDLED, REPEATED

# Returned to the queue as often as this, a message may have ended the process that handled it.
SUSPECT_DELIVERIES = 3

log = logger(__name__)


class BatchRecorder:
    """Recorder of one service's deliveries in its inbox.

    Setting `wake_retries` makes the retry worker look at once. With a `pacer`, a message beyond its
    publisher's rate waits in the inbox.
    """

    def __init__(
        self,
        service: str,
        sessions: async_sessionmaker[AsyncSession],
        dispatcher: Dispatcher,
        wake_retries: asyncio.Event,
        pacer: Pacer | None = None,
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._dispatcher = dispatcher
        self._wake_retries = wake_retries
        self._pacer = pacer
        self._steps = Steps(self._handle_one, self._store_failure)

    @property
    def is_full(self) -> bool:
        """Whether a publisher's next message would wait for too long."""
        return self._pacer is not None and self._pacer.is_full

    async def record(self, deliveries: Sequence[TransportDelivery]) -> list[TransportDelivery]:
        """Record deliveries in the inbox: done, retry or parked; return those that are recorded.

        The others' inbox rows are locked. Raises what says that the database is unavailable.
        """
        async with self._sessions() as tx:
            messages = await self._dispatcher.parser.receive(tx, deliveries)
        outcomes: dict[UUID, Outcome] = {}
        own, single = _split(messages)
        for one, outcome in zip(own, await self._handle(own), strict=True):
            outcomes[one.key] = outcome
        for one in single:
            outcomes[one.key] = await self._record_single(one)
        self._count(messages, outcomes)
        return [
            delivery
            for delivery, one in zip(deliveries, messages, strict=True)
            if outcomes[one.key] is not Outcome.LOCKED
        ]

    async def _record_single(self, one: IncomingMessage) -> Outcome:
        """Record a message that isn't handled together with others."""
        delay = self._pacer.next_delay(one.publisher or "") if self._pacer else timedelta()
        if one.message is None:
            return await self._store(one, decide_unreadable(one))
        if one.count >= SUSPECT_DELIVERIES:
            outcome = await self._store(one, FailureDisposition.retry_alone())
            self._wake_retries.set()
            return outcome
        if delay:
            return await self._store(one, FailureDisposition.wait(delay, "it waits its turn"))
        return await handle_alone(self._sessions, one, self._steps)

    async def _handle(self, batch: Sequence[IncomingMessage]) -> list[Outcome]:
        """Handle a batch in one transaction; after a failure, in parts, each down to one message.

        What waits for a lock costs a batch one lock time-out.
        """
        if not batch:
            return []
        try:
            keys = await rerun_after_deadlock(partial(self._transact, batch))
        except Exception as error:
            if is_unavailable(error):
                raise
            if len(batch) == 1:
                return [await store_failure(self._sessions, batch[0], error, self._steps)]
            if is_contention(error) or len(batch) <= CHUNK_SIZE:
                return await handle_each(self._sessions, batch, self._steps)
            middle = len(batch) // 2
            return [*await self._handle(batch[:middle]), *await self._handle(batch[middle:])]
        return [Outcome.HANDLED if one.key in keys else Outcome.REPEATED for one in batch]

    async def _transact(self, batch: Sequence[IncomingMessage]) -> set[UUID]:
        """Handle the new messages of a batch in one transaction; return their keys."""
        async with self._sessions() as tx, tx.begin():
            return await self._handle_new(tx, batch)

    async def _handle_one(self, tx: AsyncSession, one: IncomingMessage) -> bool:
        return bool(await self._handle_new(tx, [one]))

    async def _handle_new(self, tx: AsyncSession, batch: Sequence[IncomingMessage]) -> set[UUID]:
        keys = await store.insert_new(tx, self._service, batch)
        messages = [one.message for one in batch if one.key in keys and one.message is not None]
        if messages:
            await self._dispatcher.handle(tx, messages)
        if repeated := [one for one in batch if one.key not in keys]:
            await self._check_repeated(tx, repeated)
        return keys

    async def _check_repeated(self, tx: AsyncSession, repeated: Sequence[IncomingMessage]) -> None:
        await repeats.complete_repeated(tx, self._service, repeated)
        for one in repeated:
            if await repeats.has_other_content(tx, self._service, one):
                raise IdReused

    async def _store_failure(
        self, tx: AsyncSession, one: IncomingMessage, error: Exception
    ) -> None:
        log.warning("message failed", type=one.type, error=redacted_message(error))
        if isinstance(error, IdReused):
            # The key is that of the first message.
            key = message_keys.invalid_message_key(one.publisher or "", one.type, one.body)
            one = replace(one, key=key, message=None, digest=None)
        disposition = decide(error, attempts=1)
        if await store.store_failed(tx, self._service, one, disposition):
            count_failure(self._service, one.type, disposition)

    async def _store(self, one: IncomingMessage, disposition: FailureDisposition) -> Outcome:
        async def transact() -> None:
            async with self._sessions() as tx, tx.begin():
                fresh = await store.store_failed(tx, self._service, one, disposition)
            if fresh and disposition.error:
                count_failure(self._service, one.type, disposition)

        return await failed_unless_locked(transact())

    def _count(self, messages: Sequence[IncomingMessage], outcomes: dict[UUID, Outcome]) -> None:
        type_by_key = {one.key: one.type for one in messages}
        for key, outcome in outcomes.items():
            if outcome is Outcome.HANDLED:
                HANDLED.labels(self._service, type_label(type_by_key[key])).inc()
            elif outcome is Outcome.REPEATED:
                REPEATED.labels(self._service).inc()


def _split(
    messages: Sequence[IncomingMessage],
) -> tuple[list[IncomingMessage], list[IncomingMessage]]:
    """Split messages into those handled as a batch and the others, each message once.

    A partner's message locks rows in the order of a person's request, not in the order of
    `acquire_locks`: a batch of them could deadlock.
    """
    own: list[IncomingMessage] = []
    single: list[IncomingMessage] = []
    for one in {one.key: one for one in messages}.values():
        is_plain = one.message is not None and one.count < SUSPECT_DELIVERIES
        (own if is_plain and one.publisher is None else single).append(one)
    return own, single
