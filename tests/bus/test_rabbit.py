"""What only RabbitMQ can do: lose connections, lack a queue, hold a topology."""

import json
from collections.abc import Awaitable

import aio_pika
import pytest

from shared.bus.message import bindings
from shared.bus.transport import topology
from shared.bus.transport.base import Disconnected
from shared.bus.transport.rabbit import RabbitTransport
from shared.bus.transport.topology import Names, definitions, permissions
from shared.contracts.envelope import AnyMessage
from shared.contracts.intake import WishOpened
from tests.bus.harness import Rig, equal, fact, note, until, wish
from tests.support.proxy import Proxy


async def test_relay_and_consumer_resume_after_a_cut_connection(
    rabbit_rig: Rig, amqp_url: str
) -> None:
    rig = rabbit_rig
    await rig.bind(notify=[WishOpened])
    async with Proxy(amqp_url) as proxy:
        rig.amqp_url = proxy.url
        intake = await rig.replica("intake").start(consumer=False)
        notify = await rig.replica("notify", {WishOpened: note}).start(relay=False)
        await intake.record(fact(wish()))
        await until(lambda: notify.count("seen"))

        proxy.cut()
        await intake.record(*(fact(wish()) for _ in range(10)))
        await until(lambda: _is_not(notify.consumer.alive))
        assert intake.relay.alive
        assert await intake.count("outbox") == 10

        proxy.mend()
        await until(intake.idle)
        await until(notify.subscribed)
        await until(lambda: equal(notify.count("seen"), 11))
        await intake.stop()
        await notify.stop()
        await intake.transport.close()
        await notify.transport.close()
    rig.amqp_url = amqp_url


async def test_missing_queue_is_an_error_and_is_not_made(rabbit_rig: Rig) -> None:
    await rabbit_rig.bind(intake=[WishOpened])
    transport = rabbit_rig.transport()
    with pytest.raises(Disconnected, match="NOT_FOUND"):
        await transport.subscribe("notify", 10)
    with pytest.raises(Disconnected, match="NOT_FOUND"):
        await transport.subscribe("notify", 10)


async def test_missing_exchange_is_an_error_and_is_not_made(amqp_url: str) -> None:
    transport = RabbitTransport(amqp_url, prefix="nowhere.")
    with pytest.raises(Disconnected, match="NOT_FOUND"):
        await transport.publisher("intake")
    await transport.close()
    await transport.close()


async def test_unreachable_broker_is_an_error() -> None:
    transport = RabbitTransport("amqp://guest:guest@127.0.0.1:1/")
    with pytest.raises(Disconnected):
        await transport.publisher("intake")


async def test_consumer_resumes_when_its_queue_was_deleted_and_made_again(rabbit_rig: Rig) -> None:
    rig = rabbit_rig
    await rig.bind(notify=[WishOpened])
    notify = await rig.replica("notify", {WishOpened: note}).start(relay=False)
    async with await aio_pika.connect(rig.amqp_url) as connection:
        channel = await connection.channel()
        await channel.queue_delete(Names(rig.prefix).queue("notify"))
    await until(lambda: _is_not(notify.consumer.alive))

    await topology.declare(rig.amqp_url, rig.bindings, prefix=rig.prefix)
    await until(notify.subscribed)


async def test_topology_is_declared_twice_without_a_change(rabbit_rig: Rig) -> None:
    await rabbit_rig.bind(notify=[WishOpened], intake=[AnyMessage])
    await rabbit_rig.bind(notify=[WishOpened], intake=[AnyMessage])


def test_definitions_hold_exchanges_queues_and_bindings() -> None:
    made = definitions({"notify": bindings({WishOpened: note})}, prefix="a.")

    names = {kind: [one["name"] for one in made[kind]] for kind in ("exchanges", "queues")}
    assert names == {
        "exchanges": ["a.linli.messages", "a.linli.partners", "a.linli.dead"],
        "queues": ["a.linli.notify", "a.linli.dead.notify"],
    }
    assert made["queues"][0]["arguments"] == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 100,
        "x-dead-letter-exchange": "a.linli.dead",
        "x-dead-letter-routing-key": "notify",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    routes = [(one["source"], one["routing_key"], one["destination"]) for one in made["bindings"]]
    assert routes == [
        ("a.linli.messages", "linli.wish.opened.v1", "a.linli.notify"),
        ("a.linli.dead", "notify", "a.linli.dead.notify"),
    ]
    json.dumps(made)


def test_service_may_configure_nothing() -> None:
    assert permissions("notify") == {
        "configure": "^$",
        "write": r"^linli\.messages$",
        "read": r"^(linli\.notify|linli\.dead\.notify)$",
    }


async def _is_not(value: bool) -> bool:
    return not value


async def _eleven(counting: Awaitable[int]) -> bool:
    return bool(await counting == 11)
