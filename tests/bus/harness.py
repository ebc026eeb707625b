"""Replicas of services over a real database and either transport, for the bus's tests."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from shared.bus.inbox.consumer import Consumer
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.message import Handlers, Message
from shared.bus.outbox.record import OutgoingMessage, record_messages, wake_after_commit
from shared.bus.outbox.relay import Relay
from shared.bus.partners.ingress import PartnerIngress
from shared.bus.transport import topology
from shared.bus.transport.base import (
    DeadLetters,
    MessagePublisher,
    Publishing,
    PublishOutcome,
    Subscription,
    Transport,
    TransportDelivery,
)
from shared.bus.transport.in_process import Faults, InProcessTransport
from shared.bus.transport.rabbit import RabbitTransport
from shared.contracts.contract import Contract
from shared.contracts.intake import WishDeclined, WishMessage, WishOpened
from shared.db import TIMEOUTS, Timeouts, make_engine
from shared.ids import new_id
from tests.support import messages
from tests.support.messages import outgoing_message, to_publishing

POLL_INTERVAL_SECONDS = 0.01
STATION = UUID("01900000-0000-7000-8000-000000000001")

Condition = Callable[[], Awaitable[Any]]
Bindings = dict[str, frozenset[str]]


async def wait_until(condition: Condition, seconds: float = 15) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - the condition is in a database
            await asyncio.sleep(POLL_INTERVAL_SECONDS)


async def has_count(count: Awaitable[int], expected: int) -> bool:
    """Return whether a count has reached the expected number, for `wait_until`."""
    return await count == expected


def make_wish_opened(title: str = "a lamp", wish_id: UUID | None = None) -> WishOpened:
    """Build the content of an arbitrary message."""
    return WishOpened(wish_id=wish_id or new_id(), resident_id=new_id(), title=title)


def make_wish_declined() -> WishDeclined:
    """Build the content of a message of another type."""
    return WishDeclined.model_validate(make_wish_opened().model_dump())


def make_message(content: WishMessage, sequence: int = 1) -> OutgoingMessage:
    """Build a message of the tests' station as an action records it."""
    return outgoing_message(STATION, content, sequence)


def make_outgoing(
    content: Contract, *, id_: UUID | None = None, source: str | None = None
) -> Publishing:
    """Build a message as a publisher sends it, without an outbox."""
    id_ = id_ or new_id()
    attributes: dict[str, Any] = {"id": str(id_), "correlation": id_}
    if source is not None:
        attributes["source"] = source
    return to_publishing(
        messages.make_message(STATION, content, subject=f"things/{id_}", **attributes)
    )


@dataclass
class Replica:
    """One replica's relay and consumer, and its sessions."""

    service: str
    engine: AsyncEngine
    relay_engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    relay: Relay
    consumer: Consumer
    transport: Transport

    async def start(self, *, relay: bool = True, consumer: bool = True) -> "Replica":
        """Start the relay, the consumer, or both."""
        if relay:
            await self.relay.start()
        if consumer:
            await self.consumer.start()
            await wait_until(self.is_subscribed)
        return self

    async def stop(self) -> None:
        """Stop in the product's order, and close the connections."""
        await self.relay.stop()
        await self.consumer.stop()
        await self.engine.dispose()
        await self.relay_engine.dispose()

    async def is_subscribed(self) -> bool:
        """Return whether the consumer takes deliveries."""
        return self.consumer.alive

    async def record(self, *messages: OutgoingMessage) -> list[UUID]:
        """Record messages in a transaction."""
        async with self.sessions() as tx, tx.begin():
            return await record_messages(tx, messages)

    async def fetch_rows(self, sql: str, **values: object) -> Sequence[Any]:
        """Fetch the rows of a query."""
        async with self.sessions() as tx:
            return (await tx.execute(text(sql), values)).all()

    async def count(self, sql: str) -> int:
        """Count the rows of a table or a condition: `inbox WHERE state = 'done'`."""
        return int((await self.fetch_rows(f"SELECT count(*) FROM {sql}"))[0][0])

    async def is_idle(self) -> bool:
        """Return whether the outbox is empty."""
        return await self.count("outbox") == 0


@dataclass
class BusHarness:
    """Factory of replicas over one kind of transport; `bindings` are the types of each queue."""

    kind: str
    database_url: str
    amqp_url: str
    prefix: str = field(default_factory=lambda: f"t{secrets.token_hex(4)}.")
    bindings: Bindings = field(default_factory=dict)
    faults: Faults | None = None
    confirm_timeout: float = 10.0
    timeouts: Timeouts = TIMEOUTS
    _replicas: list[Replica] = field(default_factory=list)
    _transports: list[Transport] = field(default_factory=list)

    async def bind(self, **types: Sequence[type[Contract]]) -> None:
        """Declare the queues of services, bound to these types."""
        self.bindings = {
            service: frozenset(contract.type for contract in bound)
            for service, bound in types.items()
        }
        if self.kind == "rabbit":
            await topology.declare(self.amqp_url, self.bindings, prefix=self.prefix)

    def get_transport(self) -> Transport:
        """Return a replica's transport: its own connections, or the one of the process."""
        if self.kind == "rabbit" or not self._transports:
            self._transports.append(self._create_transport())
        return self._transports[-1]

    def create_replica(
        self,
        service: str,
        handlers: Handlers | None = None,
        *,
        partners: PartnerIngress | None = None,
        partner_rate: int = 0,
        wrap: Callable[[Transport], Transport] = lambda transport: transport,
    ) -> Replica:
        """Create a replica of a service, not yet started."""
        engine = make_engine(self.database_url, schema=service, timeouts=self.timeouts)
        relay_engine = make_engine(
            self.database_url, schema=service, pool_size=2, timeouts=self.timeouts
        )
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        transport = wrap(self.get_transport())
        relay = Relay(service, relay_engine, transport)
        wake_after_commit(sessions, relay.wake)
        dispatcher = Dispatcher(handlers or {}, partners)
        consumer = Consumer(service, sessions, dispatcher, transport, partner_rate=partner_rate)
        replica = Replica(service, engine, relay_engine, sessions, relay, consumer, transport)
        self._replicas.append(replica)
        return replica

    async def close(self) -> None:
        """Stop and remove everything."""
        for replica in self._replicas:
            await replica.stop()
        for transport in self._transports:
            await transport.close()
        if self.kind == "rabbit" and self.bindings:
            await topology.remove(self.amqp_url, frozenset(self.bindings), prefix=self.prefix)

    def _create_transport(self) -> Transport:
        if self.kind == "rabbit":
            return RabbitTransport(
                self.amqp_url, prefix=self.prefix, confirm_timeout=self.confirm_timeout
            )
        return InProcessTransport(
            self.bindings, faults=self.faults, confirm_timeout=self.confirm_timeout
        )


class TransportWrapper:
    """A transport whose publishers' outcomes a test may change."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner

    async def publisher(self, service: str) -> MessagePublisher:
        """Wrap the inner publisher, with `adjust_outcomes` before the relay."""
        return _PublisherWrapper(self, await self.inner.publisher(service))

    async def subscribe(self, service: str, prefetch: int) -> Subscription:
        """Return the inner subscription."""
        return await self.inner.subscribe(service, prefetch)

    async def dead_letters(self, service: str) -> DeadLetters | None:
        """Return the inner transport's dead letters."""
        return await self.inner.dead_letters(service)

    async def close(self) -> None:
        """Close the inner transport."""
        await self.inner.close()

    async def adjust_outcomes(self, outcomes: list[PublishOutcome]) -> list[PublishOutcome]:
        """Return the outcomes that the relay receives."""
        return outcomes


@dataclass
class _PublisherWrapper:
    wrapper: TransportWrapper
    inner: MessagePublisher

    @property
    def user(self) -> str:
        return self.inner.user

    async def publish(self, batch: Sequence[Publishing]) -> list[PublishOutcome]:
        return await self.wrapper.adjust_outcomes(await self.inner.publish(batch))

    async def close(self) -> None:
        await self.inner.close()


async def publish_batch(replica: Replica, batch: list[Publishing]) -> None:
    """Publish a batch as intake, without an outbox."""
    publisher = await replica.transport.publisher("intake")
    await publisher.publish(batch)
    await publisher.close()


@asynccontextmanager
async def open_subscription(transport: Transport, service: str) -> AsyncIterator[Subscription]:
    """Open a bare subscription, without a consumer."""
    subscription = await transport.subscribe(service, 400)
    try:
        yield subscription
    finally:
        await subscription.close()


async def take_deliveries(subscription: Subscription, count: int) -> list[TransportDelivery]:
    """Take and acknowledge `count` deliveries."""
    deliveries: list[TransportDelivery] = []
    async with asyncio.timeout(20):
        while len(deliveries) < count:
            batch = await subscription.take(200)
            await subscription.ack(batch)
            deliveries += batch
    return deliveries


async def insert_handled(tx: AsyncSession, message: Message[WishOpened]) -> None:
    """Handle a message by inserting it into the table `handled`."""
    await tx.execute(
        text("INSERT INTO handled (message_id, subject, title) VALUES (:id, :subject, :title)"),
        {"id": message.id, "subject": message.subject, "title": message.content.title},
    )
