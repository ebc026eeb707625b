"""What RabbitMQ must hold: exchanges, queues and bindings, declared once and opened passively."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel

# Explicit and positive: RabbitMQ 3.x takes -1 for "discard", and 4.x would choose 20.
DELIVERY_LIMIT = 100
PARTNER_INGRESS_SERVICE = "intake"
CONNECT_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Names:
    """The names on the broker, each with the prefix that keeps neighbours apart."""

    prefix: str = ""

    @property
    def messages(self) -> str:
        """The exchange that only the services write to."""
        return f"{self.prefix}linli.messages"

    @property
    def partners(self) -> str:
        """The one exchange that partners may write to."""
        return f"{self.prefix}linli.partners"

    @property
    def dead(self) -> str:
        """The exchange of what a queue gave up."""
        return f"{self.prefix}linli.dead"

    @property
    def readers(self) -> str:
        """The exchange that partners' queues are fed from, each with its station's messages."""
        return f"{self.prefix}linli.readers"

    def reader(self, publisher: str) -> str:
        """The queue of a partner that may read."""
        return f"{self.readers}.{publisher}"

    def queue(self, service: str) -> str:
        """A service's queue."""
        return f"{self.prefix}linli.{service}"

    def dead_queue(self, service: str) -> str:
        """Where a service's queue leaves what it gave up."""
        return f"{self.dead}.{service}"


def queue_arguments(names: Names, service: str) -> dict[str, str | int]:
    """The arguments of a service's queue; no `x-max-length`, an alarm on depth instead."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": names.dead,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def definitions(
    bindings: Mapping[str, frozenset[str]], *, prefix: str = "", vhost: str = "/"
) -> dict[str, list[dict[str, Any]]]:
    """The exchanges, queues and bindings as a definitions file of RabbitMQ.

    `bindings` are the routing keys of each service (`shared.bus.message.bindings`).
    """
    names = Names(prefix)
    common = {"vhost": vhost, "durable": True, "auto_delete": False}
    kinds = {names.messages: "topic", names.partners: "topic", names.dead: "direct"}
    exchanges = [
        {"name": name, "type": kind, "internal": False, "arguments": {}, **common}
        for name, kind in kinds.items()
    ]
    queues: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for service in sorted(bindings):
        arguments = queue_arguments(names, service)
        dead = {"x-queue-type": "quorum"}
        queues.append({"name": names.queue(service), "arguments": arguments, **common})
        queues.append({"name": names.dead_queue(service), "arguments": dead, **common})
        links += [
            _link(vhost, names.messages, names.queue(service), key)
            for key in sorted(bindings[service])
        ]
        links.append(_link(vhost, names.dead, names.dead_queue(service), service))
    if PARTNER_INGRESS_SERVICE in bindings:
        # Whatever they say, so that what can't be handled is parked with its reason, and not lost.
        links.append(_link(vhost, names.partners, names.queue(PARTNER_INGRESS_SERVICE), "#"))
    return {"exchanges": exchanges, "queues": queues, "bindings": links}


def permissions(service: str, *, prefix: str = "") -> dict[str, str]:
    """What a service's user may do: configure nothing, write its messages, read its two queues."""
    names = Names(prefix)
    queues = (names.queue(service), names.dead_queue(service))
    return {
        "configure": anchored_pattern(),
        "write": anchored_pattern(names.messages),
        "read": anchored_pattern(*queues),
    }


async def declare(url: str, bindings: Mapping[str, frozenset[str]], *, prefix: str = "") -> None:
    """Make whatever of the topology is missing, with a user that may configure."""
    async with await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        channel = await connection.channel()
        await _declare(channel, definitions(bindings, prefix=prefix))


async def remove(url: str, services: frozenset[str], *, prefix: str = "") -> None:
    """Take the topology of a prefix away, with what is in the queues."""
    names = Names(prefix)
    async with await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        channel = await connection.channel()
        for service in services:
            for queue in (names.queue(service), names.dead_queue(service)):
                await channel.queue_delete(queue)
        for exchange in (names.messages, names.partners, names.readers, names.dead):
            await channel.exchange_delete(exchange)


async def _declare(channel: AbstractChannel, expected: dict[str, list[dict[str, Any]]]) -> None:
    for exchange in expected["exchanges"]:
        await channel.declare_exchange(exchange["name"], exchange["type"], durable=True)
    queues = {
        queue["name"]: await channel.declare_queue(
            queue["name"], durable=True, arguments=queue["arguments"]
        )
        for queue in expected["queues"]
    }
    for link in expected["bindings"]:
        await queues[link["destination"]].bind(link["source"], link["routing_key"])


def _link(vhost: str, source: str, destination: str, key: str) -> dict[str, Any]:
    return {
        "source": source,
        "vhost": vhost,
        "destination": destination,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }


def anchored_pattern(*names: str) -> str:
    """A permission (a regular expression) for these names and no others, for none at all."""
    whole = "|".join(map(re.escape, names))
    return f"^({whole})$" if len(names) > 1 else f"^{whole}$"
