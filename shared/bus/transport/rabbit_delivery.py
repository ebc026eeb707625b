"""Parsing of RabbitMQ's messages into deliveries: publisher, delivery count, reason of death."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aiormq.abc import DeliveredMessage

from shared.bus.partners.ingress import name_of
from shared.bus.transport.base import TransportDelivery, parse_recorded_at


def parse_delivery(message: DeliveredMessage, partners: str) -> TransportDelivery:
    """Parse a delivered message; `partners` is the exchange that partners write to."""
    properties = message.header.properties
    user = properties.user_id or ""
    # The broker vouches for the user and for no other property, not even for the `x-death` of a
    # dead letter. Services always set the user, so a message without a user is a partner's.
    from_partner = message.exchange == partners or not user or name_of(user) is not None
    headers = properties.headers if isinstance(properties.headers, dict) else {}
    return TransportDelivery(
        tag=message.delivery_tag or 0,
        message_id=properties.message_id or "",
        type=message.routing_key or "",
        user=user,
        body=message.body,
        count=_count(headers),
        from_partner=from_partner,
        recorded_at=None if from_partner else parse_recorded_at(headers),
    )


def parse_dead_letter(message: DeliveredMessage, partners: str) -> TransportDelivery:
    """Parse a dead letter as it was before it died (https://www.rabbitmq.com/docs/dlx#effects)."""
    deaths = (message.header.properties.headers or {}).get("x-death")
    first = deaths[0] if isinstance(deaths, list) and deaths else {}
    death: dict[str, Any] = first if isinstance(first, dict) else {}
    keys = death.get("routing-keys") or [message.routing_key or ""]
    reason = f"given up by the broker: {death.get('reason', 'unknown')} in {death.get('queue', '')}"
    delivery = parse_delivery(message, partners)
    from_partner = delivery.from_partner or death.get("exchange") == partners
    return replace(
        delivery, type=str(keys[0]), count=0, reason=reason.strip(), from_partner=from_partner
    )


def _count(headers: Mapping[str, Any]) -> int:
    """Return the number of earlier deliveries; RabbitMQ 4.3 counts them in `x-acquired-count`."""
    counts = (headers.get(name) for name in ("x-delivery-count", "x-acquired-count"))
    return max((count for count in counts if isinstance(count, int)), default=0)
