"""The RabbitMQ transport, over aio-pika.

Connections are plain ones, not aio-pika's robust ones: the user of a channel drops it when it fails
and opens a new one. So no call hangs while disconnected, and no delivery of an old channel is
acknowledged on a new one.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import DeliveryError
from aiormq.abc import AbstractChannel as LowChannel
from aiormq.abc import DeliveredMessage
from yarl import URL

import shared
from shared.bus.transport import pamqp_patch
from shared.bus.transport.base import (
    CONFIRM_TIMEOUT_SECONDS,
    Disconnected,
    Publishing,
    PublishOutcome,
    TransportDelivery,
)
from shared.bus.transport.delivery_buffer import DeliveryBuffer
from shared.bus.transport.log_filter import install_message_id_filter
from shared.bus.transport.rabbit_dead_letters import RabbitDeadLetters
from shared.bus.transport.rabbit_delivery import parse_delivery
from shared.bus.transport.rabbit_errors import (
    CLOSE_TIMEOUT_SECONDS,
    close_channel,
    disconnected,
    translate_errors,
)
from shared.bus.transport.topology import CONNECT_TIMEOUT_SECONDS, Names
from shared.contracts.envelope import CONTENT_TYPE
from shared.ids import new_id

HEARTBEAT_SECONDS = 15


class RabbitTransport:
    """Transport over one connection each to publish, consume and take dead letters."""

    def __init__(
        self, url: str, *, prefix: str = "", confirm_timeout: float = CONFIRM_TIMEOUT_SECONDS
    ) -> None:
        pamqp_patch.install_tolerant_decoders()
        install_message_id_filter()
        self._names = Names(prefix)
        self._user = URL(url).user or "guest"
        self._publish_connection = _ReconnectingConnection(url, "publish")
        self._consume_connection = _ReconnectingConnection(url, "consume")
        # Separate connection: an error on the dead-letter channel must not close the consumer's.
        self._dead_letter_connection = _ReconnectingConnection(url, "dead letters")
        self._confirm_timeout = confirm_timeout

    async def publisher(self, service: str) -> "_RabbitPublisher":
        """Open a channel with confirms, on which an unroutable mandatory message is an error."""
        del service  # The broker vouches for the user that logged in.
        channel = await self._publish_connection.channel(confirms=True)
        with translate_errors():
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                # Passive: a mismatch must raise an error here, not make a declaration loop.
                exchange = await channel.get_exchange(self._names.messages, ensure=True)
        return _RabbitPublisher(channel, exchange, self._user, self._confirm_timeout)

    async def subscribe(self, queue: str, prefetch: int) -> "_RabbitSubscription":
        """Consume a queue, which must exist."""
        channel = await self._consume_connection.channel(confirms=False)
        try:
            with translate_errors():
                async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                    raw_channel = await channel.get_underlay_channel()
                    subscription = _RabbitSubscription(channel, raw_channel, self._names)
                    await subscription.begin(self._names.queue(queue), prefetch)
        except Disconnected:
            await close_channel(channel)
            raise
        return subscription

    async def dead_letters(self, service: str) -> RabbitDeadLetters:
        """Open a channel on the dead letters of a service's queue."""
        channel = await self._dead_letter_connection.channel(confirms=False)
        with translate_errors():
            raw_channel = await channel.get_underlay_channel()
        return RabbitDeadLetters(channel, raw_channel, self._names, service)

    async def close(self) -> None:
        """Close all connections; may be called twice."""
        for connection in (
            self._publish_connection,
            self._consume_connection,
            self._dead_letter_connection,
        ):
            await connection.close()


class _ReconnectingConnection:
    """One connection, opened on first use and reopened after it was lost."""

    def __init__(self, url: str, purpose: str) -> None:
        self._url = URL(url)
        if "heartbeat" not in self._url.query:
            self._url = self._url.update_query(heartbeat=HEARTBEAT_SECONDS)
        self._purpose = purpose
        self._connection: AbstractConnection | None = None
        self._opening = asyncio.Lock()

    async def channel(self, *, confirms: bool) -> AbstractChannel:
        with translate_errors():
            async with asyncio.timeout(CONNECT_TIMEOUT_SECONDS):
                connection = await self._open()
                channel = connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
                await channel.initialize()
        return channel

    async def _open(self) -> AbstractConnection:
        async with self._opening:
            # A lost plain connection isn't `is_closed`; only `connected` is cleared.
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
            with suppress(Disconnected), translate_errors():
                await asyncio.wait_for(connection.close(), CLOSE_TIMEOUT_SECONDS)


class _RabbitPublisher:
    def __init__(
        self, channel: AbstractChannel, exchange: AbstractExchange, user: str, timeout: float
    ) -> None:
        self.user = user
        self._channel = channel
        self._exchange = exchange
        self._timeout = timeout

    async def publish(self, batch: Sequence[Publishing]) -> list[PublishOutcome]:
        if self._channel.is_closed:
            raise Disconnected
        # An id must not be in flight twice on a channel: aio-pika matches returns by id.
        answers = await asyncio.gather(
            *(self._publish(outgoing) for outgoing in batch), return_exceptions=True
        )
        outcomes = []
        for answer in answers:
            if isinstance(answer, PublishOutcome):
                outcomes.append(answer)
            else:
                # A channel that closes cancels the calls that wait on it.
                raise disconnected(answer) from answer
        return outcomes

    async def _publish(self, outgoing: Publishing) -> PublishOutcome:
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
            return PublishOutcome.REFUSED
        except TimeoutError:
            return PublishOutcome.UNKNOWN
        return PublishOutcome.CONFIRMED

    async def close(self) -> None:
        await close_channel(self._channel)


class _RabbitSubscription:
    def __init__(self, channel: AbstractChannel, raw_channel: LowChannel, names: Names) -> None:
        self._channel = channel
        self._raw_channel = raw_channel
        self._partners = names.partners
        self._waiting: deque[TransportDelivery] = deque()
        self._buffer = DeliveryBuffer(self._waiting)
        # The tags of what was taken, in the order of arrival, which is that of the tags.
        self._unacked: dict[int, None] = {}

    async def begin(self, queue: str, prefetch: int) -> None:
        self._raw_channel.closing.add_done_callback(lambda _: self._buffer.close())
        self._raw_channel.on_consumer_cancel_callbacks.add(self._on_cancel)
        await self._raw_channel.queue_declare(queue, passive=True)
        await self._raw_channel.basic_qos(prefetch_count=prefetch)
        tag = f"{queue} {shared.VERSION} {new_id().hex[-8:]}"
        await self._raw_channel.basic_consume(queue, self._on_delivery, consumer_tag=tag)

    @property
    def alive(self) -> bool:
        return not self._buffer.is_closed

    async def take(self, limit: int) -> list[TransportDelivery]:
        deliveries = await self._buffer.take(limit)
        self._unacked.update((one.tag, None) for one in deliveries)
        return deliveries

    def wake(self) -> None:
        self._buffer.wake()

    async def ack(self, deliveries: Sequence[TransportDelivery]) -> None:
        tags = {one.tag for one in deliveries}
        # One frame acknowledges all tags up to the first that is still unhandled.
        leading = list(itertools.takewhile(tags.__contains__, self._unacked))
        for tag in tags:
            self._unacked.pop(tag, None)
        with translate_errors():
            if leading:
                await self._raw_channel.basic_ack(leading[-1], multiple=True)
            for tag in sorted(tags.difference(leading)):
                await self._raw_channel.basic_ack(tag)

    async def close(self) -> None:
        self._buffer.close()
        await close_channel(self._channel)

    async def _on_delivery(self, message: DeliveredMessage) -> None:
        # Each delivery has a task of its own: awaiting anything here would break their order.
        if message.delivery_tag is not None:
            self._waiting.append(parse_delivery(message, self._partners))
            self._buffer.signal()

    async def _on_cancel(self, _frame: object) -> None:
        self._buffer.close()
