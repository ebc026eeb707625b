"""The transport protocol, which RabbitMQ and the in-process transport share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

CONFIRM_TIMEOUT_SECONDS = 10.0
RECORDED_HEADER = "recorded"


class Disconnected(Exception):
    """Loss of a channel: the outcome of unfinished work on it is unknown. Open another channel."""


# What a loop of the bus expects to pass by itself: the broker or the database is unavailable.
TRANSIENT_ERRORS = (Disconnected, SQLAlchemyError, OSError)


class PublishOutcome(Enum):
    """Outcome of one publish: only a CONFIRMED message may leave the outbox."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Publishing:
    """A message to publish; a `mandatory` message is refused if no queue takes it.

    `headers` repeat values of the body, for routing and tracing, and hold the time at which the
    message was recorded.
    """

    id: str
    type: str
    correlation: UUID
    body: bytes
    mandatory: bool
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransportDelivery:
    """A message as it arrived; `user` is the publisher that the transport vouches for.

    `count` is the number of earlier deliveries without an acknowledgement, `reason` why the broker
    gave the message up, and `from_partner` whether a partner may have published the message.
    `recorded_at` is when its sender recorded the message, None where that is unknown.
    """

    tag: int
    message_id: str
    type: str
    user: str
    body: bytes
    count: int = 0
    reason: str = ""
    from_partner: bool = False
    recorded_at: datetime | None = None


def parse_recorded_at(headers: Mapping[str, Any]) -> datetime | None:
    """Return the time in a message's headers, None without a valid one."""
    try:
        moment = datetime.fromisoformat(str(headers.get(RECORDED_HEADER)))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


class MessagePublisher(Protocol):
    """A channel to publish on; one batch at a time."""

    @property
    def user(self) -> str:
        """The broker user that publishes; readers receive it as `TransportDelivery.user`."""
        ...

    async def publish(self, batch: Sequence[Publishing]) -> list[PublishOutcome]:
        """Publish all and wait up to 10 s for the confirms. Raises: Disconnected."""
        ...

    async def close(self) -> None:
        """Close the channel; may be called twice."""
        ...


class Subscription(Protocol):
    """A channel that consumes a service's queue."""

    @property
    def alive(self) -> bool:
        """True while the channel delivers messages."""
        ...

    async def take(self, limit: int) -> list[TransportDelivery]:
        """Wait for deliveries, and take up to `limit` of them; none after `wake`.

        The deliveries of a closed channel are dropped. Raises: Disconnected.
        """
        ...

    def wake(self) -> None:
        """Make a waiting `take` return no deliveries."""
        ...

    async def ack(self, deliveries: Sequence[TransportDelivery]) -> None:
        """Acknowledge exactly these deliveries. Raises: Disconnected."""
        ...

    async def close(self) -> None:
        """Return unacknowledged deliveries to the queue; may be called twice."""
        ...


class DeadLetters(Protocol):
    """A channel that takes the dead letters of a service's queue."""

    async def depths(self) -> dict[str, int]:
        """Count the messages of the service's queues and its dead letters. Raises: Disconnected."""
        ...

    async def take(self, limit: int) -> list[TransportDelivery]:
        """Take up to `limit` dead letters, without waiting. Raises: Disconnected."""
        ...

    async def ack(self, deliveries: Sequence[TransportDelivery]) -> None:
        """Acknowledge all deliveries up to the last of these. Raises: Disconnected."""
        ...

    async def close(self) -> None:
        """Return unacknowledged deliveries to the queue; may be called twice."""
        ...


class Transport(Protocol):
    """Publishing and consuming, with confirms and acknowledgements."""

    async def publisher(self, service: str) -> MessagePublisher:
        """Open a channel for `service` to publish on. Raises: Disconnected."""
        ...

    async def subscribe(self, queue: str, prefetch: int) -> Subscription:
        """Consume a service's queue, or its partners', on a new channel. Raises: Disconnected."""
        ...

    async def dead_letters(self, service: str) -> DeadLetters | None:
        """Open a service's dead letters; None if the transport has none. Raises: Disconnected."""
        ...

    async def close(self) -> None:
        """Close all connections; may be called twice."""
        ...
