"""The guide's examples for RabbitMQ: the broker allows what is granted, and nothing else."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPException
from sqlalchemy import update

from services.intake.events.models import Event
from tests.guides.examples import (
    FULFILLED,
    assert_attendance_earns_points,
    assert_wish_is_fulfilled,
    publish_with_example,
    run_example,
)
from tests.guides.partner_client import (
    GRANTS,
    OPENED,
    STOPPED,
    PartnerClient,
    create_partner_client,
    import_broker_users,
)
from tests.journeys.test_event import publish_event
from tests.support.api_clients import ApiClient, create_resident, eventually, sign_in
from tests.support.messages import make_cloud_event
from tests.support.rabbitmq import Node
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem


@pytest.fixture
def publish(
    examples: Callable[[str], str], partner_client: PartnerClient
) -> Callable[[str, dict[str, Any]], Awaitable[str]]:
    """A function that publishes with an example, and returns the id."""

    async def publish_message(type_: str, data: dict[str, Any]) -> str:
        output = await publish_with_example(
            examples("publish"), type_, data, AMQP_URL=partner_client.amqp_url
        )
        return output.strip()

    return publish_message


async def test_published_messages_reach_records_points_and_inboxes(
    running_system: RunningSystem,
    desk: ApiClient,
    publish: Callable[[str, dict[str, Any]], Awaitable[str]],
) -> None:
    await assert_wish_is_fulfilled(desk, publish)
    path = await publish_event(desk, starts_in=timedelta(hours=2))
    event = path.rpartition("/")[2]

    async def start_event() -> None:
        earlier = timedelta(hours=2, minutes=30)
        times = {Event.starts_at: Event.starts_at - earlier, Event.ends_at: Event.ends_at - earlier}
        async with running_system.intake.sessions.begin() as tx:
            await tx.execute(update(Event).where(Event.id == UUID(event)).values(times))

    await assert_attendance_earns_points(desk, event, publish, start_event)


async def test_repeat_under_the_same_id_is_passed_on_once(
    running_system: RunningSystem, examples: Callable[[str], str], partner_client: PartnerClient
) -> None:
    id_ = str(uuid4())
    for _ in range(2):
        result = await run_example(
            examples("publish"), STOPPED, '{"lift": "左"}', id_, AMQP_URL=partner_client.amqp_url
        )
        assert (result.exit_code, result.stdout.strip()) == (0, id_)

    async def passed_on() -> list[Any]:
        query = "SELECT body FROM intake.sent WHERE type = 'ext.lifts.stopped.v1'"
        async with running_system.intake.engine.connect() as connection:
            bodies = [row[0] for row in await connection.exec_driver_sql(query)]
        messages = [json.loads(body) for body in bodies]
        return [one for one in messages if one["causationid"] == id_]

    (one,) = await eventually(passed_on)
    assert (one["source"], one["data"]) == (f"/partners/{partner_client.name}", {"lift": "左"})


async def test_broker_refuses_to_publish_without_a_grant(
    examples: Callable[[str], str], partner_client: PartnerClient
) -> None:
    for type_ in ("ext.lifts.painted.v1", "linli.points.awarded.v1", OPENED):
        result = await run_example(
            examples("publish"), type_, "{}", AMQP_URL=partner_client.amqp_url
        )
        assert result.exit_code == 1
        assert "Refused" in result.stderr
        assert "ACCESS_REFUSED" in result.stderr or "ACCESS-REFUSED" in result.stderr


async def test_reading_examples_get_the_messages_of_their_own_station(
    running_system: RunningSystem,
    node: Node,
    desk: ApiClient,
    admin: ApiClient,
    examples: Callable[[str], str],
) -> None:
    reader = await create_partner_client(admin, node, GRANTS[-1:])
    await import_broker_users(running_system, node)
    code, _ = await create_station(running_system)
    other = await sign_in(desk.client, station=code, username="desk", password=PASSWORD)
    wish = [await _create_open_wish(one) for one in (other, desk)][1]
    result = await run_example(examples("subscribe"), "1", AMQP_URL=reader.amqp_url)
    assert result.exit_code == 0, result.stderr
    (message,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (message["type"], message["data"]["wish_id"]) == (OPENED, wish)


async def _create_open_wish(desk: ApiClient) -> str:
    """Create an open wish of the desk's station, and return its id."""
    wish = await (await create_resident(desk)).post_ok(
        "/wishes", {"title": "读报", "details": "眼睛不好"}
    )
    await desk.post_ok(f"/wishes/{wish['id']}/approve")
    id_: str = wish["id"]
    return id_


async def test_reading_without_a_grant_is_refused(
    running_system: RunningSystem, node: Node, admin: ApiClient, examples: Callable[[str], str]
) -> None:
    publisher = await create_partner_client(admin, node, GRANTS[:1])
    before_import = await run_example(examples("subscribe"), "1", AMQP_URL=publisher.amqp_url)
    assert (before_import.exit_code, "Not read" in before_import.stderr) == (1, True)
    await import_broker_users(running_system, node)
    after_import = await run_example(examples("subscribe"), "1", AMQP_URL=publisher.amqp_url)
    assert (after_import.exit_code, "Refused" in after_import.stderr) == (1, True)


@pytest.mark.parametrize(
    ("exchange", "key", "user"),
    [
        ("linli.messages", FULFILLED, None),
        ("linli.readers", "", None),
        ("", "linli.intake", None),
        ("linli.partners", FULFILLED, "linli-intake"),
        ("linli.partners", "", None),
    ],
)
async def test_broker_refuses_every_other_exchange_key_and_user(
    partner_client: PartnerClient, exchange: str, key: str, user: str | None
) -> None:
    async with await aio_pika.connect(partner_client.amqp_url) as connection:
        channel = await connection.channel()
        target = await channel.get_exchange(exchange or "amq.default", ensure=False)
        if not exchange:
            target = channel.default_exchange
        with pytest.raises(AMQPException):
            await target.publish(aio_pika.Message(b"{}", user_id=user), key, timeout=5)


async def declare(channel: AbstractChannel, _partner_client: PartnerClient) -> None:
    """Declare a queue."""
    await channel.declare_queue(f"mine-{uuid4().hex}")


async def read(channel: AbstractChannel, _partner_client: PartnerClient) -> None:
    """Read intake's queue."""
    queue = await channel.get_queue("linli.intake", ensure=False)
    await queue.get(timeout=5)


async def bind(channel: AbstractChannel, partner_client: PartnerClient) -> None:
    """Bind the partner's own queue to all messages."""
    queue = await channel.get_queue(f"linli.readers.{partner_client.name}", ensure=False)
    await queue.bind("linli.messages", "#")


@pytest.mark.parametrize("act", [declare, read, bind])
async def test_publisher_may_not_declare_bind_or_read_elsewhere(
    partner_client: PartnerClient, act: Callable[[AbstractChannel, PartnerClient], Awaitable[None]]
) -> None:
    async with await aio_pika.connect(partner_client.amqp_url) as connection:
        channel = await connection.channel()
        with pytest.raises(AMQPException, match=r"ACCESS[_-]REFUSED"):
            await act(channel, partner_client)


async def test_message_without_its_user_or_source_is_parked_with_the_reason(
    running_system: RunningSystem, partner_client: PartnerClient
) -> None:
    async with await aio_pika.connect(partner_client.amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("linli.partners", ensure=False)
        await exchange.publish(aio_pika.Message(b"{}"), STOPPED, timeout=5)
        forged = make_cloud_event("/partners/somebody-else", STOPPED, {})
        user = f"partner-{partner_client.name}"
        message = aio_pika.Message(json.dumps(forged).encode(), user_id=user)
        await exchange.publish(message, STOPPED, timeout=5)

    async def find_errors() -> set[str] | None:
        query = "SELECT error FROM intake.inbox WHERE state = 'parked'"
        async with running_system.intake.engine.connect() as connection:
            errors = {row[0] for row in await connection.exec_driver_sql(query)}
        return errors if len(errors) == 2 else None

    errors = await eventually(find_errors)
    assert {error.partition(":")[0] for error in errors} == {
        "UnverifiedPublisher",
        "SourceNotAllowed",
    }


async def test_revoked_grant_is_refused_after_the_import_of_users(
    running_system: RunningSystem, node: Node, admin: ApiClient, examples: Callable[[str], str]
) -> None:
    publisher = await create_partner_client(admin, node, GRANTS)
    await import_broker_users(running_system, node)
    await publish_with_example(examples("publish"), STOPPED, {}, AMQP_URL=publisher.amqp_url)
    await admin.put_ok(f"/publishers/{publisher.id}/grants", {"grants": []})
    await import_broker_users(running_system, node)
    for name, arguments in (("publish", (STOPPED, "{}")), ("subscribe", ("1",))):
        result = await run_example(examples(name), *arguments, AMQP_URL=publisher.amqp_url)
        assert (result.exit_code, "Refused" in result.stderr) == (1, True)
