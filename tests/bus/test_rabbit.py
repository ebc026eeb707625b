"""RabbitMQ alone: lost connections, missing queues, and the topology."""

import json
import logging
from functools import partial

import aio_pika
import pytest
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from shared.bus.message import bindings
from shared.bus.transport import topology
from shared.bus.transport.base import Disconnected, PublishOutcome
from shared.bus.transport.rabbit import RabbitTransport
from shared.bus.transport.topology import Names, definitions, permissions
from shared.contracts.contract import AnyMessage
from shared.contracts.intake import WishDeclined, WishOpened
from tests.bus.harness import (
    BusHarness,
    has_count,
    insert_handled,
    make_message,
    make_outgoing,
    make_wish_declined,
    make_wish_opened,
    wait_until,
)
from tests.support.proxy import Proxy


async def test_relay_and_consumer_resume_after_a_cut_connection(
    rabbit_harness: BusHarness, amqp_url: str
) -> None:
    harness = rabbit_harness
    await harness.bind(notify=[WishOpened])
    async with Proxy(amqp_url) as proxy:
        harness.amqp_url = proxy.url
        intake = await harness.create_replica("intake").start(consumer=False)
        notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
            relay=False
        )
        await intake.record(make_message(make_wish_opened()))
        await wait_until(lambda: notify.count("handled"))

        proxy.cut()
        await intake.record(*(make_message(make_wish_opened()) for _ in range(10)))
        await wait_until(lambda: _is_false(notify.consumer.alive))
        assert intake.relay.alive
        assert await intake.count("outbox") == 10

        proxy.restore()
        await wait_until(intake.is_idle)
        await wait_until(notify.is_subscribed)
        await wait_until(lambda: has_count(notify.count("handled"), 11))
        await intake.stop()
        await notify.stop()
        await intake.transport.close()
        await notify.transport.close()
    harness.amqp_url = amqp_url


async def test_missing_queue_is_an_error_and_is_not_created(rabbit_harness: BusHarness) -> None:
    await rabbit_harness.bind(intake=[WishOpened])
    transport = rabbit_harness.get_transport()
    with pytest.raises(Disconnected, match="NOT_FOUND"):
        await transport.subscribe("notify", 10)
    with pytest.raises(Disconnected, match="NOT_FOUND"):
        await transport.subscribe("notify", 10)


async def test_missing_exchange_is_an_error_and_is_not_created(amqp_url: str) -> None:
    transport = RabbitTransport(amqp_url, prefix="nowhere.")
    with pytest.raises(Disconnected, match="NOT_FOUND"):
        await transport.publisher("intake")
    await transport.close()
    await transport.close()


async def test_unreachable_broker_is_an_error() -> None:
    transport = RabbitTransport("amqp://guest:guest@127.0.0.1:1/")
    with pytest.raises(Disconnected):
        await transport.publisher("intake")


async def test_consumer_resumes_when_its_queue_is_deleted_and_created_again(
    rabbit_harness: BusHarness,
) -> None:
    harness = rabbit_harness
    await harness.bind(notify=[WishOpened])
    notify = await harness.create_replica("notify", {WishOpened: [insert_handled]}).start(
        relay=False
    )
    async with await aio_pika.connect(harness.amqp_url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(Names(harness.prefix).queue("notify"))
    await wait_until(lambda: _is_false(notify.consumer.alive))

    await topology.declare(harness.amqp_url, harness.bindings, prefix=harness.prefix)
    await wait_until(notify.is_subscribed)


async def test_second_declaration_of_the_topology_changes_no_queue_and_no_binding(
    rabbit_harness: BusHarness,
) -> None:
    harness = rabbit_harness
    queues = [Names(harness.prefix).queue(service) for service in ("notify", "intake")]
    for depth in (1, 2):
        await harness.bind(notify=[WishOpened], intake=[AnyMessage])
        intake = await harness.create_replica("intake").start(consumer=False)
        await intake.record(make_message(make_wish_opened()))
        await wait_until(intake.is_idle)
        for queue in queues:
            await wait_until(partial(has_depth, harness, queue, depth))


async def has_depth(harness: BusHarness, queue: str, depth: int) -> bool:
    """Return whether so many messages wait in a queue."""
    async with await aio_pika.connect(harness.amqp_url) as connection:
        channel = await connection.channel()
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count == depth


def test_definitions_hold_exchanges_queues_and_bindings() -> None:
    document = definitions({"notify": bindings({WishOpened: [insert_handled]})}, prefix="a.")

    names = {kind: [one["name"] for one in document[kind]] for kind in ("exchanges", "queues")}
    assert names == {
        "exchanges": ["a.linli.messages", "a.linli.partners", "a.linli.dead"],
        "queues": ["a.linli.notify", "a.linli.dead.notify"],
    }
    assert document["queues"][0]["arguments"] == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 100,
        "x-dead-letter-exchange": "a.linli.dead",
        "x-dead-letter-routing-key": "notify",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    routes = [
        (one["source"], one["routing_key"], one["destination"]) for one in document["bindings"]
    ]
    assert routes == [
        ("a.linli.messages", "linli.wish.opened.v1", "a.linli.notify"),
        ("a.linli.dead", "notify", "a.linli.dead.notify"),
    ]
    json.dumps(document)


def test_service_may_configure_nothing() -> None:
    assert permissions("notify") == {
        "configure": "^$",
        "write": r"^linli\.messages$",
        "read": r"^(linli\.notify|linli\.dead\.notify)$",
    }


async def _is_false(value: bool) -> bool:
    return not value


async def test_binding_without_a_handler_is_dropped(rabbit_harness: BusHarness) -> None:
    await rabbit_harness.bind(notify=[WishOpened, WishDeclined])
    publisher = await rabbit_harness.get_transport().publisher("intake")
    both = [make_outgoing(make_wish_opened()), make_outgoing(make_wish_declined())]
    assert await publisher.publish(both) == [PublishOutcome.CONFIRMED] * 2
    await topology.drop_unused_bindings(
        rabbit_harness.amqp_url,
        {"notify": frozenset({WishOpened.type})},
        [WishOpened.type, WishDeclined.type],
        prefix=rabbit_harness.prefix,
    )
    again = [make_outgoing(make_wish_opened()), make_outgoing(make_wish_declined())]
    assert await publisher.publish(again) == [PublishOutcome.CONFIRMED, PublishOutcome.REFUSED]
    await publisher.close()


def test_late_return_is_logged_by_its_id_alone(caplog: pytest.LogCaptureFixture) -> None:
    """The library logs a returned message that nobody waits for any more."""
    RabbitTransport("amqp://guest:guest@127.0.0.1:1/")
    header = ContentHeader(properties=Basic.Properties(message_id="7"))
    returned = DeliveredMessage(Basic.Return(), header, b"a secret", None)  # type: ignore[arg-type]
    logging.getLogger("aiormq.channel").error("Unhandled message %r returning", returned)
    assert caplog.messages == ["Unhandled message 'message 7' returning"]
