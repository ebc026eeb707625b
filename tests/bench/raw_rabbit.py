"""The baseline of messages: the same bytes through the same RabbitMQ with aio-pika, nothing else.

The same exchange, queues and bindings; published with `gather` and confirms, consumed and
acknowledged one by one, all in one process, as whoever needs no outbox and no inbox would write it.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aio_pika
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from shared.bus.inbox.consumer import PREFETCH
from shared.bus.outbox.relay import TURN
from shared.bus.transport import topology
from shared.bus.transport.base import Outgoing
from shared.bus.transport.topology import Names
from tests.support.system import BINDINGS

READER = "volunteers"


@dataclass
class Raw:
    """One exchange to publish to, and all queues consumed."""

    exchange: AbstractExchange
    arrived: dict[str, float] = field(default_factory=dict)
    _missing: int = 0
    _all_arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def carry(self, messages: Sequence[Outgoing]) -> float:
        """Publish all and consume them; in how many seconds."""
        self._expect(messages)
        began = time.perf_counter()
        for first in range(0, len(messages), TURN):
            await asyncio.gather(*(self._publish(one) for one in messages[first : first + TURN]))
        await self._all_arrived.wait()
        return time.perf_counter() - began

    async def pace(self, messages: Sequence[Outgoing], a_second: float) -> list[float]:
        """Publish so many a second; milliseconds from before each publish to its arrival."""
        self._expect(messages)
        self.arrived.clear()
        began, left = time.perf_counter(), {}
        async with asyncio.TaskGroup() as group:
            for number, message in enumerate(messages):
                await asyncio.sleep(began + number / a_second - time.perf_counter())
                left[message.id] = time.perf_counter()
                group.create_task(self._publish(message))
        await self._all_arrived.wait()
        return [1000 * (self.arrived[id_] - at) for id_, at in left.items()]

    async def take(self, message: AbstractIncomingMessage) -> None:
        """Acknowledge a delivery."""
        await message.ack()
        self._missing -= 1
        if not self._missing:
            self._all_arrived.set()

    async def take_and_note(self, message: AbstractIncomingMessage) -> None:
        """Acknowledge a delivery to the reader, and note when it came."""
        self.arrived[message.message_id or ""] = time.perf_counter()
        await self.take(message)

    def _expect(self, messages: Sequence[Outgoing]) -> None:
        self._missing = sum(one.type in bound for one in messages for bound in BINDINGS.values())
        self._all_arrived.clear()

    async def _publish(self, one: Outgoing) -> None:
        message = aio_pika.Message(
            one.body, message_id=one.id, delivery_mode=aio_pika.DeliveryMode.PERSISTENT
        )
        await self.exchange.publish(message, one.type, mandatory=one.mandatory)


@asynccontextmanager
async def raw_rabbit(url: str) -> AsyncIterator[Raw]:
    """The topology of the product under a prefix of its own, and two connections."""
    prefix = f"b{secrets.token_hex(4)}."
    names = Names(prefix)
    await topology.declare(url, BINDINGS, prefix=prefix)
    async with await aio_pika.connect(url) as publishing, await aio_pika.connect(url) as consuming:
        channel = await publishing.channel(publisher_confirms=True)
        raw = Raw(await channel.get_exchange(names.messages))
        for service in BINDINGS:
            reading = await consuming.channel()
            await reading.set_qos(PREFETCH)
            queue = await reading.get_queue(names.queue(service))
            await queue.consume(raw.take_and_note if service == READER else raw.take)
        yield raw
    await topology.remove(url, frozenset(BINDINGS), prefix=prefix)
