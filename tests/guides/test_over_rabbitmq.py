"""The guide's examples for RabbitMQ, with users made of what is granted: they publish and read
that, and the broker refuses everything else.
"""

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
from shared import clock
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
from tests.journeys.test_event import publish_event as planned
from tests.support.api_clients import Person, create_resident, eventually, sign_in
from tests.support.rabbitmq import Node
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem


@pytest.fixture
def publish(
    examples: Callable[[str], str], partner_client: PartnerClient
) -> Callable[[str, dict[str, Any]], Awaitable[str]]:
    """Publishes with an example."""

    async def publish_event(type_: str, data: dict[str, Any]) -> str:
        told = await publish_with_example(
            examples("publish"), type_, data, AMQP_URL=partner_client.amqp_url
        )
        return told.strip()

    return publish_event


async def test_what_the_examples_say_reaches_records_points_and_inboxes(
    running_system: RunningSystem,
    desk: Person,
    publish: Callable[[str, dict[str, Any]], Awaitable[str]],
) -> None:
    await assert_wish_is_fulfilled(desk, publish)
    path = await planned(desk, starts_in=timedelta(hours=2))
    event = path.rpartition("/")[2]

    async def start_event() -> None:
        earlier = timedelta(hours=2, minutes=30)
        times = {Event.starts_at: Event.starts_at - earlier, Event.ends_at: Event.ends_at - earlier}
        async with running_system.intake.sessions.begin() as tx:
            await tx.execute(update(Event).where(Event.id == UUID(event)).values(times))

    await assert_attendance_earns_points(desk, event, publish, start_event)


async def test_a_repeat_under_the_same_id_is_done_once(
    running_system: RunningSystem, examples: Callable[[str], str], partner_client: PartnerClient
) -> None:
    id_ = str(uuid4())
    for _ in range(2):
        ran = await run_example(
            examples("publish"), STOPPED, '{"lift": "左"}', id_, AMQP_URL=partner_client.amqp_url
        )
        assert (ran.exit_code, ran.stdout.strip()) == (0, id_)

    async def passed_on() -> list[Any]:
        query = "SELECT body FROM intake.sent WHERE type = 'ext.lifts.stopped.v1'"
        async with running_system.intake.engine.connect() as connection:
            bodies = [row[0] for row in await connection.exec_driver_sql(query)]
        said = [json.loads(body) for body in bodies]
        return [one for one in said if one["causationid"] == id_]

    (one,) = await eventually(passed_on)
    assert (one["source"], one["data"]) == (f"/partners/{partner_client.name}", {"lift": "左"})


async def test_the_broker_refuses_what_is_not_granted(
    examples: Callable[[str], str], partner_client: PartnerClient
) -> None:
    for type_ in ("ext.lifts.painted.v1", "linli.points.awarded.v1", OPENED):
        ran = await run_example(examples("publish"), type_, "{}", AMQP_URL=partner_client.amqp_url)
        assert ran.exit_code == 1
        assert "Refused" in ran.stderr
        assert "ACCESS_REFUSED" in ran.stderr or "ACCESS-REFUSED" in ran.stderr


async def test_the_reading_examples_get_their_own_station_s_messages(
    running_system: RunningSystem,
    node: Node,
    desk: Person,
    admin: Person,
    examples: Callable[[str], str],
) -> None:
    reader = await create_partner_client(admin, node, GRANTS[-1:])
    await import_broker_users(running_system, node)
    code, _ = await create_station(running_system)
    other = await sign_in(desk.client, station=code, username="desk", password=PASSWORD)
    opened_here = [await _create_open_wish(one) for one in (other, desk)][1]
    ran = await run_example(examples("subscribe"), "1", AMQP_URL=reader.amqp_url)
    assert ran.exit_code == 0, ran.stderr
    (read,) = [json.loads(line) for line in ran.stdout.splitlines()]
    assert (read["type"], read["data"]["wish_id"]) == (OPENED, opened_here)


async def _create_open_wish(desk: Person) -> str:
    """A wish of that station that was opened just now."""
    wish = await (await create_resident(desk)).post(
        "/wishes", {"title": "读报", "details": "眼睛不好"}
    )
    await desk.post(f"/wishes/{wish['id']}/approve")
    id_: str = wish["id"]
    return id_


async def test_who_may_not_read_is_refused(
    running_system: RunningSystem, node: Node, admin: Person, examples: Callable[[str], str]
) -> None:
    silent = await create_partner_client(admin, node, GRANTS[:1])
    unknown = await run_example(examples("subscribe"), "1", AMQP_URL=silent.amqp_url)
    assert (unknown.exit_code, "Not read" in unknown.stderr) == (1, True)
    await import_broker_users(running_system, node)
    refused = await run_example(examples("subscribe"), "1", AMQP_URL=silent.amqp_url)
    assert (refused.exit_code, "Refused" in refused.stderr) == (1, True)


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
async def test_the_broker_holds_every_other_door(
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
    """Make a queue."""
    await channel.declare_queue(f"mine-{uuid4().hex}")


async def read(channel: AbstractChannel, _partner_client: PartnerClient) -> None:
    """Read what is for intake."""
    queue = await channel.get_queue("linli.intake", ensure=False)
    await queue.get(timeout=5)


async def bind(channel: AbstractChannel, partner_client: PartnerClient) -> None:
    """Let one's own queue have everything."""
    queue = await channel.get_queue(f"linli.readers.{partner_client.name}", ensure=False)
    await queue.bind("linli.messages", "#")


@pytest.mark.parametrize("act", [declare, read, bind])
async def test_it_declares_binds_and_reads_nothing_else(
    partner_client: PartnerClient, act: Callable[[AbstractChannel, PartnerClient], Awaitable[None]]
) -> None:
    async with await aio_pika.connect(partner_client.amqp_url) as connection:
        channel = await connection.channel()
        with pytest.raises(AMQPException, match=r"ACCESS[_-]REFUSED"):
            await act(channel, partner_client)


async def test_without_its_user_a_message_is_parked_with_the_reason(
    running_system: RunningSystem, partner_client: PartnerClient
) -> None:
    async with await aio_pika.connect(partner_client.amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("linli.partners", ensure=False)
        await exchange.publish(aio_pika.Message(b"{}"), STOPPED, timeout=5)
        forged = {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": "/partners/somebody-else",
            "type": STOPPED,
            "time": clock.now().isoformat(),
            "data": {},
        }
        vouched = f"partner-{partner_client.name}"
        message = aio_pika.Message(json.dumps(forged).encode(), user_id=vouched)
        await exchange.publish(message, STOPPED, timeout=5)

    async def parked() -> set[str] | None:
        query = "SELECT error FROM intake.inbox WHERE state = 'parked'"
        async with running_system.intake.engine.connect() as connection:
            errors = {row[0] for row in await connection.exec_driver_sql(query)}
        return errors if len(errors) == 2 else None

    errors = await eventually(parked)
    assert {error.partition(":")[0] for error in errors} == {
        "UnverifiedPublisher",
        "SourceNotAllowed",
    }


async def test_what_is_granted_no_more_is_refused_once_the_broker_is_told(
    running_system: RunningSystem, node: Node, admin: Person, examples: Callable[[str], str]
) -> None:
    granted = await create_partner_client(admin, node, GRANTS)
    await import_broker_users(running_system, node)
    await publish_with_example(examples("publish"), STOPPED, {}, AMQP_URL=granted.amqp_url)
    await admin.put(f"/publishers/{granted.id}/grants", {"grants": []})
    await import_broker_users(running_system, node)
    for name, words in (("publish", (STOPPED, "{}")), ("subscribe", ("1",))):
        ran = await run_example(examples(name), *words, AMQP_URL=granted.amqp_url)
        assert (ran.exit_code, "Refused" in ran.stderr) == (1, True)
