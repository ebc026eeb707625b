"""What the faults do at the broker, as its administrator or as a publisher."""

import asyncio
import json
from collections.abc import Iterable

import aio_pika
from yarl import URL

from shared.bus.partners.ingress import name_of, source_of
from shared.bus.transport.topology import Names
from tests.support.messages import make_cloud_event

FLOOD_TYPE = "ext.flood.lift-stopped.v1"
MAX_IN_FLIGHT = 200
NAMES = Names()


async def delete_queue(url: str, service: str) -> None:
    """Delete a service's queue, with the messages in it."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(NAMES.queue(service))


async def publish_flood(url: str, count: int, *, first: int) -> int:
    """Publish so many messages as the publisher of the URL, and wait for the confirms."""
    user = URL(url).user or ""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        partners = await channel.get_exchange(NAMES.partners, ensure=False)
        for start in range(first, first + count, MAX_IN_FLIGHT):
            numbers = range(start, min(start + MAX_IN_FLIGHT, first + count))
            await asyncio.gather(
                *(
                    partners.publish(message, FLOOD_TYPE, timeout=30)
                    for message in _flood_messages(user, numbers)
                )
            )
    return count


def _flood_messages(user: str, numbers: Iterable[int]) -> Iterable[aio_pika.Message]:
    source = source_of(name_of(user) or "")
    for number in numbers:
        event = make_cloud_event(source, FLOOD_TYPE, {"lift": number}, id=f"flood-{number}")
        yield aio_pika.Message(json.dumps(event).encode(), user_id=user)
