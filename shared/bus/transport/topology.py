"""RabbitMQ's exchanges, queues and bindings, declared once and opened passively."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel

from shared.contracts.contract import AnyMessage
from shared.contracts.registry import REGISTRY

# Explicit and positive: RabbitMQ 3.x takes -1 for "discard", and 4.x would choose 20.
DELIVERY_LIMIT = 100
PARTNER_INGRESS_SERVICE = "intake"
# The types that partners name themselves.
EXTERNAL_PREFIX = "ext."
CONNECT_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Names:
    """The names on the broker, each with the prefix that separates deployments on one broker."""

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
        """The exchange of dead letters."""
        return f"{self.prefix}linli.dead"

    @property
    def readers(self) -> str:
        """The exchange that routes messages to partners' queues, by station."""
        return f"{self.prefix}linli.readers"

    def reader(self, publisher: str) -> str:
        """Return the queue of a partner that may read."""
        return f"{self.readers}.{publisher}"

    def queue(self, service: str) -> str:
        """Return the queue of a service."""
        return f"{self.prefix}linli.{service}"

    def dead_queue(self, service: str) -> str:
        """Return the queue of a service's dead letters."""
        return f"{self.dead}.{service}"


def partner_queue(service: str) -> str:
    """Return what `Names.queue` takes for the queue of partners' messages to a service."""
    return f"{service}.partners"


def queue_arguments(names: Names, service: str) -> dict[str, str | int]:
    """Return the arguments of a service's queue; an alarm on depth replaces `x-max-length`."""
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
    """Build RabbitMQ's definitions file with the exchanges, queues and bindings.

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
        queue = names.queue(partner_queue(PARTNER_INGRESS_SERVICE))
        arguments = queue_arguments(names, PARTNER_INGRESS_SERVICE)
        queues.append({"name": queue, "arguments": arguments, **common})
        # Bound to every type: a message that can't be handled is parked with its reason, not lost.
        links.append(_link(vhost, names.partners, queue, "#"))
    return {"exchanges": exchanges, "queues": queues, "bindings": links}


def permissions(service: str, *, prefix: str = "") -> dict[str, str]:
    """Return a service's permissions: configure nothing, write messages, read its own queues."""
    names = Names(prefix)
    queues = [names.queue(service), names.dead_queue(service)]
    if service == PARTNER_INGRESS_SERVICE:
        queues.append(names.queue(partner_queue(service)))
    return {
        "configure": anchored_pattern(),
        "write": anchored_pattern(names.messages),
        "read": anchored_pattern(*queues),
    }


def topic_permissions(service: str, *, prefix: str = "") -> dict[str, str]:
    """Return a service's topic permissions: it publishes the types that it declares.

    The service that receives partners' messages forwards those of their own types, too.
    """
    types = sorted(re.escape(type_) for type_, one in REGISTRY.items() if one.service == service)
    own = (
        [*types, re.escape(EXTERNAL_PREFIX) + ".+"] if service == PARTNER_INGRESS_SERVICE else types
    )
    return {
        "exchange": Names(prefix).messages,
        "write": f"^({'|'.join(own)})$" if own else anchored_pattern(),
        "read": anchored_pattern(),
    }


async def declare(url: str, bindings: Mapping[str, frozenset[str]], *, prefix: str = "") -> None:
    """Declare what is missing of the topology, as a broker user that may configure."""
    async with await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        channel = await connection.channel()
        await _declare(channel, definitions(bindings, prefix=prefix))
        if PARTNER_INGRESS_SERVICE in bindings:
            # Early releases had partners' messages in the service's own queue.
            names = Names(prefix)
            own = await channel.get_queue(names.queue(PARTNER_INGRESS_SERVICE))
            await own.unbind(names.partners, "#")


async def drop_unused_bindings(
    url: str,
    bindings: Mapping[str, frozenset[str]],
    known_types: Iterable[str],
    *,
    prefix: str = "",
) -> None:
    """Unbind the queues from those of the known types for which they have no handler.

    AMQP can't list bindings; to unbind what isn't bound changes nothing.
    """
    names = Names(prefix)
    keys = {*known_types, AnyMessage.type}
    async with await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        channel = await connection.channel()
        for service, needed in sorted(bindings.items()):
            queue = await channel.get_queue(names.queue(service))
            for key in sorted(keys - needed):
                await queue.unbind(names.messages, key)


async def remove(url: str, services: frozenset[str], *, prefix: str = "") -> None:
    """Delete the topology of a prefix, with the messages in its queues."""
    names = Names(prefix)
    async with await aio_pika.connect(url, timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        channel = await connection.channel()
        for service in services:
            for queue in (service, partner_queue(service)):
                await channel.queue_delete(names.queue(queue))
            await channel.queue_delete(names.dead_queue(service))
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
    """Return a permission (a regular expression) for exactly these names, or for none."""
    pattern = "|".join(map(re.escape, names))
    return f"^({pattern})$" if len(names) > 1 else f"^{pattern}$"
