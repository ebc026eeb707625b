"""What carries messages: the protocol that RabbitMQ and the in-process transport share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol
from uuid import UUID

CONFIRM_TIMEOUT_SECONDS = 10.0


class Disconnected(Exception):
    """The channel is gone; what was under way on it is unknown. Begin anew with another one."""


class PublishOutcome(Enum):
    """What became of one publish: only CONFIRMED may leave the outbox."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Publishing:
    """One message to publish; `mandatory` refuses it when no queue takes it.

    `headers` repeat what is in the body for those who route by it or follow traces.
    """

    id: str
    type: str
    correlation: UUID
    body: bytes
    mandatory: bool
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransportDelivery:
    """One message as it arrived: `user` is the publisher as the transport vouches for it.

    `count` says how often it was delivered before without an answer, `reason` why the broker gave
    it up where it did, `foreign` whether it came over the exchange that partners write to.
    """

    tag: int
    message_id: str
    type: str
    user: str
    body: bytes
    count: int = 0
    reason: str = ""
    from_partner: bool = False


class MessagePublisher(Protocol):
    """A channel to publish on; one batch at a time."""

    @property
    def user(self) -> str:
        """As whom it publishes: what readers see as `Delivery.user`."""
        ...

    async def publish(self, batch: Sequence[Publishing]) -> list[PublishOutcome]:
        """Publish all and wait up to 10 s for the confirms; Disconnected when the channel goes."""
        ...

    async def close(self) -> None:
        """Let the channel go; may be called twice."""
        ...


class Subscription(Protocol):
    """A channel that a service's queue is consumed on."""

    @property
    def alive(self) -> bool:
        """Whether deliveries still come in."""
        ...

    async def take(self, limit: int) -> list[TransportDelivery]:
        """Wait for deliveries, and take what is there, up to `limit`.

        Empty after `wake`; Disconnected when the channel goes, and what it had brought is dropped.
        """
        ...

    def wake(self) -> None:
        """Let a `take` that waits return empty."""
        ...

    async def ack(self, deliveries: Sequence[TransportDelivery]) -> None:
        """Acknowledge all deliveries up to the last of these; Disconnected."""
        ...

    async def close(self) -> None:
        """Give back what isn't acknowledged; may be called twice."""
        ...


class DeadLetters(Protocol):
    """A channel on which what the broker gave up of a service's queue is taken back."""

    async def take(self, limit: int) -> list[TransportDelivery]:
        """What is there, up to `limit`; empty when there is nothing. Disconnected."""
        ...

    async def ack(self, deliveries: Sequence[TransportDelivery]) -> None:
        """Acknowledge all deliveries up to the last of these; Disconnected."""
        ...

    async def close(self) -> None:
        """Give back what isn't acknowledged; may be called twice."""
        ...


class Transport(Protocol):
    """Publishing and consuming, with confirms and acknowledgements."""

    async def publisher(self, service: str) -> MessagePublisher:
        """A new channel for `service` to publish on; Disconnected when none is to be had."""
        ...

    async def subscribe(self, service: str, prefetch: int) -> Subscription:
        """Consume a service's queue on a new channel; Disconnected."""
        ...

    async def dead_letters(self, service: str) -> DeadLetters | None:
        """What was given up of a service's queue; None where nothing ever is. Disconnected."""
        ...

    async def close(self) -> None:
        """Close all connections; may be called twice."""
        ...
