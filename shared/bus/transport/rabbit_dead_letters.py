"""RabbitMQ's dead letters of one service, taken one by one."""

import asyncio
from collections.abc import Sequence

from aio_pika.abc import AbstractChannel
from aiormq.abc import AbstractChannel as LowChannel

from shared.bus.transport.base import TransportDelivery
from shared.bus.transport.rabbit_delivery import parse_dead_letter
from shared.bus.transport.rabbit_errors import close_channel, translate_errors
from shared.bus.transport.topology import (
    CONNECT_TIMEOUT_SECONDS,
    PARTNER_INGRESS_SERVICE,
    Names,
    partner_queue,
)


class RabbitDeadLetters:
    """A channel on the dead letters of a service's queue."""

    def __init__(
        self, channel: AbstractChannel, raw_channel: LowChannel, names: Names, service: str
    ) -> None:
        self._channel = channel
        self._raw_channel = raw_channel
        self._partners = names.partners
        self._queue = names.dead_queue(service)
        self._queues = {"messages": names.queue(service), "dead letters": self._queue}
        if service == PARTNER_INGRESS_SERVICE:
            self._queues["partners"] = names.queue(partner_queue(service))

    async def depths(self) -> dict[str, int]:
        counts = {}
        for kind, queue in self._queues.items():
            with translate_errors():
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    declared = await self._raw_channel.queue_declare(queue, passive=True)
            counts[kind] = declared.message_count or 0
        return counts

    async def take(self, limit: int) -> list[TransportDelivery]:
        deliveries: list[TransportDelivery] = []
        while len(deliveries) < limit:
            with translate_errors():
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    message = await self._raw_channel.basic_get(self._queue)
            if message.delivery_tag is None:
                break
            deliveries.append(parse_dead_letter(message, self._partners))
        return deliveries

    async def ack(self, deliveries: Sequence[TransportDelivery]) -> None:
        with translate_errors():
            await self._raw_channel.basic_ack(max(one.tag for one in deliveries), multiple=True)

    async def close(self) -> None:
        await close_channel(self._channel)
