"""The broker users of partners' machines with their permissions and queues, built from grants.

A user may write to one exchange and read one queue at most. A topic permission limits the types
that a user may write: without one, the user may write every type. Users go into a definitions file
(`rabbitmqctl import_definitions`), since AMQP can't create users; AMQP creates the queues.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue

from shared.bus.partners.ingress import user_of
from shared.bus.transport.topology import (
    CONNECT_TIMEOUT_SECONDS,
    DELIVERY_LIMIT,
    Names,
    anchored_pattern,
)
from shared.contracts.partners import READABLE

# A partner that never reads its queue must not fill the broker: the oldest messages are dropped.
MAX_QUEUE_LENGTH = 100_000
MESSAGE_TTL_MS = 7 * 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class BrokerUser:
    """A machine: its name, station, password hash, and the types that it may publish and read."""

    name: str
    station: UUID
    password_hash: str | None
    publishes: Collection[str]
    reads: Collection[str]


def users(
    machines: Iterable[BrokerUser], *, prefix: str = "", vhost: str = "/"
) -> dict[str, list[dict[str, Any]]]:
    """Build a definitions file of users; a user without grants has permission to do nothing."""
    names = Names(prefix)
    definitions: dict[str, list[dict[str, Any]]] = {
        "users": [],
        "permissions": [],
        "topic_permissions": [],
    }
    for machine in machines:
        user = user_of(machine.name)
        owner = {"user": user, "vhost": vhost}
        definitions["users"].append(
            {
                "name": user,
                # Nobody logs in with an empty hash (https://www.rabbitmq.com/docs/passwords).
                "password_hash": machine.password_hash or "",
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "",
            }
        )
        definitions["permissions"].append(
            {
                **owner,
                "configure": anchored_pattern(),
                "write": anchored_pattern(names.partners),
                "read": anchored_pattern(names.reader(machine.name))
                if machine.reads
                else anchored_pattern(),
            }
        )
        definitions["topic_permissions"].append(
            {
                **owner,
                "exchange": names.partners,
                "write": anchored_pattern(*sorted(machine.publishes)),
                "read": anchored_pattern(),
            }
        )
    return definitions


async def open_queues(url: str, machines: Iterable[BrokerUser], *, prefix: str = "") -> None:
    """Declare the queues of machines that may read, bound to their grants only.

    A queue gets messages of its machine's station only. Queues of machines that read no more are
    deleted. The broker user of `url` must have the right to configure.
    """
    names = Names(prefix)
    async with await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        channel = await connection.channel()
        readers = await channel.declare_exchange(names.readers, "headers", durable=True)
        has_readers = False
        for machine in machines:
            if machine.reads:
                await _open_queue(channel, readers, names.reader(machine.name), machine)
                has_readers = True
            else:
                await channel.queue_delete(names.reader(machine.name))
        # Unbound without readers, so that the broker doesn't match the headers of every message.
        if has_readers:
            await readers.bind(names.messages, "#")
        else:
            await readers.unbind(names.messages, "#")


async def _open_queue(
    channel: AbstractChannel, readers: AbstractExchange, name: str, machine: BrokerUser
) -> None:
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-max-length": MAX_QUEUE_LENGTH,
        "x-overflow": "drop-head",
        "x-message-ttl": MESSAGE_TTL_MS,
        "x-delivery-limit": DELIVERY_LIMIT,
    }
    queue: AbstractQueue = await channel.declare_queue(name, durable=True, arguments=arguments)
    for type_ in READABLE:
        filters: dict[str, Any] = {"x-match": "all", "station": str(machine.station), "type": type_}
        if type_ in machine.reads:
            await queue.bind(readers, arguments=filters)
        else:
            await queue.unbind(readers, arguments=filters)
