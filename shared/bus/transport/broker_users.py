"""What partners' machines may do on the broker, made from what is granted to them.

Each has a user that may write to one exchange and read one queue at most. Which types it may
write is a topic permission: a user without any may write every type. Users are for a definitions
file (`rabbitmqctl import_definitions`), since AMQP can't make them; queues are made over AMQP.
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

# A partner that never reads its queue must not fill the broker: what is oldest goes.
MAX_QUEUE_LENGTH = 100_000
MESSAGE_TTL_MS = 7 * 24 * 60 * 60 * 1000  # Milliseconds.


@dataclass(frozen=True)
class BrokerUser:
    """One machine: its name, station, password as the broker keeps it, and types by what it may."""

    name: str
    station: UUID
    password_hash: str | None
    publishes: Collection[str]
    reads: Collection[str]


def users(
    machines: Iterable[BrokerUser], *, prefix: str = "", vhost: str = "/"
) -> dict[str, list[dict[str, Any]]]:
    """The users with their permissions, as a definitions file; who lost all grants may nothing."""
    names = Names(prefix)
    made: dict[str, list[dict[str, Any]]] = {
        "users": [],
        "permissions": [],
        "topic_permissions": [],
    }
    for machine in machines:
        user = user_of(machine.name)
        whose = {"user": user, "vhost": vhost}
        made["users"].append(
            {
                "name": user,
                # Nobody logs in with an empty hash (https://www.rabbitmq.com/docs/passwords).
                "password_hash": machine.password_hash or "",
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "",
            }
        )
        made["permissions"].append(
            {
                **whose,
                "configure": anchored_pattern(),
                "write": anchored_pattern(names.partners),
                "read": anchored_pattern(names.reader(machine.name))
                if machine.reads
                else anchored_pattern(),
            }
        )
        made["topic_permissions"].append(
            {
                **whose,
                "exchange": names.partners,
                "write": anchored_pattern(*sorted(machine.publishes)),
                "read": anchored_pattern(),
            }
        )
    return made


async def open_queues(url: str, machines: Iterable[BrokerUser], *, prefix: str = "") -> None:
    """Make the queues of those who may read and bind them to just that, as one who may configure.

    A queue gets messages of its machine's station only. One whose machine reads no more is removed.
    """
    names = Names(prefix)
    async with await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        channel = await connection.channel()
        readers = await channel.declare_exchange(names.readers, "headers", durable=True)
        reading = False
        for machine in machines:
            if machine.reads:
                await _open_queue(channel, readers, names.reader(machine.name), machine)
                reading = True
            else:
                await channel.queue_delete(names.reader(machine.name))
        # Only where somebody reads does the broker look at headers at all.
        if reading:
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
        wanted: dict[str, Any] = {"x-match": "all", "station": str(machine.station), "type": type_}
        if type_ in machine.reads:
            await queue.bind(readers, arguments=wanted)
        else:
            await queue.unbind(readers, arguments=wanted)
