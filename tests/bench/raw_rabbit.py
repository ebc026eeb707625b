"""The baseline of messages: the same bytes through the same RabbitMQ with aio-pika, nothing else.

It uses the same exchange, queues and bindings. In one process it publishes with `gather` and
confirms, and consumes and acknowledges one by one: a plain program without outbox and inbox.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from shared.bus.inbox.queue_reader import PREFETCH_COUNT
from shared.bus.outbox.relay_worker import BATCH_SIZE
from shared.bus.transport import topology
from shared.bus.transport.base import Publishing
from shared.bus.transport.topology import Names
from tests.support.system import BINDINGS

MEASURED_SERVICE = "volunteers"


@dataclass
class RawRabbit:
    """An exchange to publish to, with a consumer on every queue."""

    exchange: AbstractExchange
    arrival_times: dict[str, float] = field(default_factory=dict)
    _remaining: int = 0
    _all_received: asyncio.Event = field(default_factory=asyncio.Event)

    async def measure_seconds(self, messages: Sequence[Publishing]) -> float:
        """Publish all messages and consume them; return the seconds."""
        self._expect(messages)
        start = time.perf_counter()
        for first in range(0, len(messages), BATCH_SIZE):
            await asyncio.gather(
                *(self._publish(message) for message in messages[first : first + BATCH_SIZE])
            )
        await self._all_received.wait()
        return time.perf_counter() - start

    async def measure_latencies(
        self, messages: Sequence[Publishing], per_second: float
    ) -> list[float]:
        """Publish `per_second` messages a second; return milliseconds from publish to arrival."""
        self._expect(messages)
        self.arrival_times.clear()
        start, publish_times = time.perf_counter(), {}
        async with asyncio.TaskGroup() as group:
            for number, message in enumerate(messages):
                await asyncio.sleep(start + number / per_second - time.perf_counter())
                publish_times[message.id] = time.perf_counter()
                group.create_task(self._publish(message))
        await self._all_received.wait()
        return [1000 * (self.arrival_times[id_] - at) for id_, at in publish_times.items()]

    async def acknowledge(self, message: AbstractIncomingMessage) -> None:
        """Acknowledge a delivery."""
        await message.ack()
        self._remaining -= 1
        if not self._remaining:
            self._all_received.set()

    async def acknowledge_and_time(self, message: AbstractIncomingMessage) -> None:
        """Acknowledge a delivery of the measured service, and record its arrival time."""
        self.arrival_times[message.message_id or ""] = time.perf_counter()
        await self.acknowledge(message)

    def _expect(self, messages: Sequence[Publishing]) -> None:
        self._remaining = sum(
            message.type in types for message in messages for types in BINDINGS.values()
        )
        self._all_received.clear()

    async def _publish(self, outgoing: Publishing) -> None:
        message = aio_pika.Message(
            outgoing.body, message_id=outgoing.id, delivery_mode=aio_pika.DeliveryMode.PERSISTENT
        )
        await self.exchange.publish(message, outgoing.type, mandatory=outgoing.mandatory)


@asynccontextmanager
async def raw_rabbit(url: str) -> AsyncIterator[RawRabbit]:
    """Declare the topology of the product under its own prefix, and open two connections."""
    prefix = f"b{secrets.token_hex(4)}."
    names = Names(prefix)
    await topology.declare(url, BINDINGS, prefix=prefix)
    async with await aio_pika.connect(url) as publishing, await aio_pika.connect(url) as consuming:
        channel = await publishing.channel(publisher_confirms=True)
        raw = RawRabbit(await channel.get_exchange(names.messages))
        for service in BINDINGS:
            consumer_channel = await consuming.channel()
            await consumer_channel.set_qos(PREFETCH_COUNT)
            queue = await consumer_channel.get_queue(names.queue(service))
            await queue.consume(
                raw.acknowledge_and_time if service == MEASURED_SERVICE else raw.acknowledge
            )
        yield raw
    await topology.remove(url, frozenset(BINDINGS), prefix=prefix)
