"""The RabbitMQ transport, over aio-pika.

Connections are plain ones, not aio-pika's robust ones: whoever uses a channel drops it when it
fails and takes a new one, so that nothing hangs while disconnected and no delivery of an old
channel is acknowledged on a new one.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError
from aiormq.abc import AbstractChannel as LowChannel
from aiormq.abc import DeliveredMessage
from yarl import URL

from shared.bus import frames
from shared.bus.arrivals import Arrivals
from shared.bus.partners import name_of
from shared.bus.topology import CONNECT_TIMEOUT, Names
from shared.bus.transport import CONFIRM_TIMEOUT, Delivery, Disconnected, Outcome, Outgoing
from shared.contracts.envelope import CONTENT_TYPE

CLOSE_TIMEOUT = 5.0
HEARTBEAT = 15
_FAILURES = (*CONNECTION_EXCEPTIONS, TimeoutError)
frames.tolerate()


class RabbitTransport:
    """Publishes and consumes on a connection each; opened when first needed, and again."""

    def __init__(
        self, url: str, *, prefix: str = "", confirm_timeout: float = CONFIRM_TIMEOUT
    ) -> None:
        self._names = Names(prefix)
        self._user = URL(url).user or "guest"
        self._publishing = _Line(url, "publish")
        self._consuming = _Line(url, "consume")
        # Of its own, so that what is amiss with a dead letter does no harm to what lives.
        self._burying = _Line(url, "dead letters")
        self._confirm_timeout = confirm_timeout

    async def publisher(self, service: str) -> "_Publisher":
        """A channel with confirms on which an unroutable mandatory message is an error."""
        del service  # The broker vouches for the user that logged in.
        channel = await self._publishing.channel(confirms=True)
        try:
            # Passive: a mismatch must stop here, with a sentence, and not loop in a declaration.
            exchange = await channel.get_exchange(self._names.messages, ensure=True)
        except _FAILURES as error:
            raise _disconnected(error) from error
        return _Publisher(channel, exchange, self._user, self._confirm_timeout)

    async def subscribe(self, service: str, prefetch: int) -> "_Subscription":
        """Consume a service's queue, which must exist."""
        channel = await self._consuming.channel(confirms=False)
        try:
            low = await channel.get_underlay_channel()
            subscription = _Subscription(channel, low, self._names)
            await asyncio.wait_for(
                subscription.begin(self._names.queue(service), prefetch), CONNECT_TIMEOUT
            )
        except _FAILURES as error:
            await _close(channel)
            raise _disconnected(error) from error
        return subscription

    async def dead_letters(self, service: str) -> "_DeadLetters":
        """What the broker gave up of a service's queue."""
        channel = await self._burying.channel(confirms=False)
        low = await channel.get_underlay_channel()
        return _DeadLetters(channel, low, self._names, service)

    async def close(self) -> None:
        """Close all connections; may be called twice."""
        for line in (self._publishing, self._consuming, self._burying):
            await line.close()


class _Line:
    """One connection, opened anew when it has been lost."""

    def __init__(self, url: str, purpose: str) -> None:
        self._url = URL(url)
        if "heartbeat" not in self._url.query:
            self._url = self._url.update_query(heartbeat=HEARTBEAT)
        self._purpose = purpose
        self._connection: AbstractConnection | None = None
        self._opening = asyncio.Lock()

    async def channel(self, *, confirms: bool) -> AbstractChannel:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                connection = await self._open()
                channel = connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
                await channel.initialize()
        except _FAILURES as error:
            raise _disconnected(error) from error
        return channel

    async def _open(self) -> AbstractConnection:
        async with self._opening:
            # A plain connection that was lost doesn't say `is_closed`, only `connected` no more.
            if self._connection is not None and not self._connection.connected.is_set():
                await self.close()
            if self._connection is None:
                self._connection = await aio_pika.connect(
                    self._url, client_properties={"connection_name": f"linli {self._purpose}"}
                )
            return self._connection

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*_FAILURES):
                await asyncio.wait_for(connection.close(), CLOSE_TIMEOUT)


class _Publisher:
    def __init__(
        self, channel: AbstractChannel, exchange: AbstractExchange, user: str, timeout: float
    ) -> None:
        self.user = user
        self._channel = channel
        self._exchange = exchange
        self._timeout = timeout

    async def publish(self, batch: Sequence[Outgoing]) -> list[Outcome]:
        if self._channel.is_closed:
            raise Disconnected
        # No copy of an id may be in flight twice on a channel: aio-pika matches returns by id.
        answers = await asyncio.gather(
            *(self._publish(outgoing) for outgoing in batch), return_exceptions=True
        )
        outcomes = []
        for answer in answers:
            if isinstance(answer, Outcome):
                outcomes.append(answer)
            else:
                # A channel that goes cancels what waits on it.
                raise _disconnected(answer) from answer
        return outcomes

    async def _publish(self, outgoing: Outgoing) -> Outcome:
        message = aio_pika.Message(
            outgoing.body,
            content_type=CONTENT_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=outgoing.id,
            correlation_id=str(outgoing.correlation),
            type=outgoing.type,
            user_id=self.user,
            headers=dict(outgoing.headers),
        )
        try:
            await self._exchange.publish(
                message, outgoing.type, mandatory=outgoing.mandatory, timeout=self._timeout
            )
        except DeliveryError:
            return Outcome.REFUSED
        except TimeoutError:
            return Outcome.UNKNOWN
        return Outcome.CONFIRMED

    async def close(self) -> None:
        await _close(self._channel)


class _Subscription:
    def __init__(self, channel: AbstractChannel, low: LowChannel, names: Names) -> None:
        self._channel = channel
        self._low = low
        self._partners = names.partners
        self._waiting: deque[Delivery] = deque()
        self._arrivals = Arrivals(self._waiting)

    async def begin(self, queue: str, prefetch: int) -> None:
        self._low.closing.add_done_callback(lambda _: self._arrivals.end())
        self._low.on_consumer_cancel_callbacks.add(self._cancelled)
        await self._low.queue_declare(queue, passive=True)
        await self._low.basic_qos(prefetch_count=prefetch)
        await self._low.basic_consume(queue, self._arrived)

    @property
    def alive(self) -> bool:
        return not self._arrivals.ended

    async def take(self, limit: int) -> list[Delivery]:
        return await self._arrivals.take(limit)

    def wake(self) -> None:
        self._arrivals.wake()

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        if not deliveries:
            return
        try:
            await self._low.basic_ack(max(one.tag for one in deliveries), multiple=True)
        except _FAILURES as error:
            raise _disconnected(error) from error

    async def close(self) -> None:
        self._arrivals.end()
        await _close(self._channel)

    async def _arrived(self, message: DeliveredMessage) -> None:
        # A task is started for each delivery: anything but queueing here breaks their order.
        if message.delivery_tag is not None:
            self._waiting.append(_delivery(message, message.delivery_tag, self._partners))
            self._arrivals.signal()

    async def _cancelled(self, _frame: object) -> None:
        self._arrivals.end()


class _DeadLetters:
    def __init__(
        self, channel: AbstractChannel, low: LowChannel, names: Names, service: str
    ) -> None:
        self._channel = channel
        self._low = low
        self._partners = names.partners
        self._queue = names.dead_queue(service)

    async def take(self, limit: int) -> list[Delivery]:
        taken: list[Delivery] = []
        while len(taken) < limit:
            try:
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    message = await self._low.basic_get(self._queue)
            except _FAILURES as error:
                raise _disconnected(error) from error
            if message.delivery_tag is None:
                break
            taken.append(_dead(message, message.delivery_tag, self._partners))
        return taken

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        try:
            await self._low.basic_ack(max(one.tag for one in deliveries), multiple=True)
        except _FAILURES as error:
            raise _disconnected(error) from error

    async def close(self) -> None:
        await _close(self._channel)


def _dead(message: DeliveredMessage, tag: int, partners: str) -> Delivery:
    """A dead letter as it was before it died (https://www.rabbitmq.com/docs/dlx#effects)."""
    deaths = (message.header.properties.headers or {}).get("x-death")
    first = deaths[0] if isinstance(deaths, list) and deaths else {}
    death: dict[str, Any] = first if isinstance(first, dict) else {}
    keys = death.get("routing-keys") or [message.routing_key or ""]
    why = f"given up by the broker: {death.get('reason', 'unknown')} in {death.get('queue', '')}"
    delivery = _delivery(message, tag, partners)
    foreign = delivery.foreign or death.get("exchange") == partners
    return replace(delivery, type=str(keys[0]), count=0, reason=why.strip(), foreign=foreign)


def _delivery(message: DeliveredMessage, tag: int, partners: str) -> Delivery:
    properties = message.header.properties
    user = properties.user_id or ""
    # The broker vouches for the user, and for nothing else that a publisher says of itself: not for
    # the `x-death` of a dead letter either. Services always say who they are.
    foreign = message.exchange == partners or not user or name_of(user) is not None
    return Delivery(
        tag=tag,
        message_id=properties.message_id or "",
        type=message.routing_key or "",
        user=user,
        body=message.body,
        count=_count(properties.headers or {}),
        foreign=foreign,
    )


def _count(headers: object) -> int:
    """How often a quorum queue delivered it before: RabbitMQ 4.3 counts in `x-acquired-count`."""
    if not isinstance(headers, dict):
        return 0
    counts = (headers.get(name) for name in ("x-delivery-count", "x-acquired-count"))
    return max((count for count in counts if isinstance(count, int)), default=0)


def _disconnected(error: BaseException) -> Disconnected:
    return Disconnected(f"{type(error).__name__}: {error}")


async def _close(channel: AbstractChannel) -> None:
    with suppress(*_FAILURES):
        await asyncio.wait_for(channel.close(), CLOSE_TIMEOUT)
