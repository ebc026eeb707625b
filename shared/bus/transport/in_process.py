"""The in-process transport: a publish is confirmed once every reader's transaction committed."""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shared.bus.transport.base import (
    CONFIRM_TIMEOUT_SECONDS,
    Disconnected,
    Publishing,
    PublishOutcome,
    TransportDelivery,
    parse_recorded_at,
)
from shared.bus.transport.delivery_buffer import DeliveryBuffer
from shared.contracts.contract import AnyMessage


@dataclass(frozen=True)
class Faults:
    """Faults injected by tests: probabilities, and the maximum `delay` in seconds; seeded."""

    seed: int
    drop_confirm: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.0
    crash_before_delete: float = 0.0


@dataclass(slots=True, eq=False)
class _Item:
    delivery: TransportDelivery
    acknowledged: asyncio.Future[None]


@dataclass(slots=True)
class _Queue:
    """One service's queue: the waiting items, and by message id the unacknowledged ones."""

    waiting: deque[_Item] = field(default_factory=deque)
    pending: dict[str, _Item] = field(default_factory=dict)
    buffers: list[DeliveryBuffer[_Item]] = field(default_factory=list)

    def put(self, item: _Item) -> None:
        self.waiting.append(item)
        self.signal()

    def requeue(self, items: Sequence[_Item]) -> None:
        for item in reversed(items):
            item.delivery = replace(item.delivery, count=item.delivery.count + 1)
            self.waiting.appendleft(item)
        self.signal()

    def signal(self) -> None:
        for buffer in self.buffers:
            buffer.signal()


class InProcessTransport:
    """Transport between the services of one process; `bindings` has the types of each service."""

    def __init__(
        self,
        bindings: Mapping[str, frozenset[str]],
        *,
        faults: Faults | None = None,
        confirm_timeout: float = CONFIRM_TIMEOUT_SECONDS,
    ) -> None:
        self._bindings = dict(bindings)
        self._queues = {service: _Queue() for service in bindings}
        self._tags = itertools.count(1)
        self._faults = faults
        self._random = random.Random(faults.seed if faults else 0)  # noqa: S311 - test faults
        self._confirm_timeout = confirm_timeout

    async def publisher(self, service: str) -> "_InProcessPublisher":
        """Return a publisher with `service` as its user."""
        return _InProcessPublisher(self, service)

    async def subscribe(self, queue: str, prefetch: int) -> "_InProcessSubscription":  # noqa: ARG002
        """Subscribe to a queue; several subscriptions compete for its messages."""
        return _InProcessSubscription(self._queues.setdefault(queue, _Queue()))

    async def dead_letters(self, service: str) -> None:
        """Return None: messages wait in memory and in the outboxes, and none is given up."""

    async def close(self) -> None:
        """Close every subscription; the messages that wait are still in the outboxes."""
        for queue in self._queues.values():
            for buffer in list(queue.buffers):
                buffer.close()

    async def deliver(self, user: str, batch: Sequence[Publishing]) -> list[PublishOutcome]:
        """Put messages into every bound queue and wait until all are acknowledged."""
        waits = [asyncio.ensure_future(self._deliver(user, outgoing)) for outgoing in batch]
        try:
            await asyncio.wait(waits, timeout=self._confirm_timeout)
        finally:
            # Cancelling abandons the waits only: no handler runs in them.
            for wait in waits:
                wait.cancel()
        if self._injects("crash_before_delete"):
            raise Disconnected
        return [
            wait.result() if wait.done() and not wait.cancelled() else PublishOutcome.UNKNOWN
            for wait in waits
        ]

    async def _deliver(self, user: str, outgoing: Publishing) -> PublishOutcome:
        if self._faults and self._faults.delay:
            await asyncio.sleep(self._random.uniform(0, self._faults.delay))
        readers = [
            name for name, types in self._bindings.items() if _is_bound(types, outgoing.type)
        ]
        if not readers:
            return PublishOutcome.REFUSED if outgoing.mandatory else PublishOutcome.CONFIRMED
        await asyncio.wait([self._enqueue(self._queues[name], user, outgoing) for name in readers])
        return PublishOutcome.UNKNOWN if self._injects("drop_confirm") else PublishOutcome.CONFIRMED

    def _enqueue(self, queue: _Queue, user: str, outgoing: Publishing) -> asyncio.Future[None]:
        pending = queue.pending.get(outgoing.id)
        if pending is not None and not self._injects("duplicate"):
            # Published again after a time-out while the first copy still waits its turn.
            return pending.acknowledged
        delivery = TransportDelivery(
            tag=next(self._tags),
            message_id=outgoing.id,
            type=outgoing.type,
            user=user,
            body=outgoing.body,
            recorded_at=parse_recorded_at(outgoing.headers),
        )
        item = _Item(delivery, asyncio.get_running_loop().create_future())
        queue.pending[outgoing.id] = item
        queue.put(item)
        if self._injects("duplicate"):
            queue.put(_Item(replace(delivery, tag=next(self._tags)), item.acknowledged))
        return item.acknowledged

    def _injects(self, fault: str) -> bool:
        if self._faults is None:
            return False
        chance: float = getattr(self._faults, fault)
        return chance > 0 and self._random.random() < chance


def _is_bound(types: frozenset[str], type_: str) -> bool:
    return type_ in types or AnyMessage.type in types


class _InProcessPublisher:
    def __init__(self, transport: InProcessTransport, user: str) -> None:
        self.user = user
        self._transport = transport
        self._closed = False

    async def publish(self, batch: Sequence[Publishing]) -> list[PublishOutcome]:
        if self._closed:
            raise Disconnected
        return await self._transport.deliver(self.user, batch)

    async def close(self) -> None:
        self._closed = True


class _InProcessSubscription:
    def __init__(self, queue: _Queue) -> None:
        self._queue = queue
        self._buffer: DeliveryBuffer[_Item] = DeliveryBuffer(queue.waiting)
        self._unacked: dict[int, _Item] = {}
        queue.buffers.append(self._buffer)

    @property
    def alive(self) -> bool:
        return not self._buffer.is_closed

    async def take(self, limit: int) -> list[TransportDelivery]:
        items = await self._buffer.take(limit)
        self._unacked.update((item.delivery.tag, item) for item in items)
        return [item.delivery for item in items]

    def wake(self) -> None:
        self._buffer.wake()

    async def ack(self, deliveries: Sequence[TransportDelivery]) -> None:
        if self._buffer.is_closed:
            raise Disconnected
        for delivery in deliveries:
            item = self._unacked.pop(delivery.tag)
            if self._queue.pending.get(delivery.message_id) is item:
                del self._queue.pending[delivery.message_id]
            if not item.acknowledged.done():
                item.acknowledged.set_result(None)

    async def close(self) -> None:
        if self._buffer in self._queue.buffers:
            self._queue.buffers.remove(self._buffer)
        self._buffer.close()
        items, self._unacked = list(self._unacked.values()), {}
        self._queue.requeue(items)
