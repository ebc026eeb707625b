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
    attendance_earns_points,
    published,
    run,
    wish_comes_true,
)
from tests.guides.partner_client import GRANTS, OPENED, STOPPED, Machine, admitted, tell_the_broker
from tests.journeys.test_event import published as planned
from tests.support.api_clients import Person, eventually, resident, sign_in
from tests.support.rabbitmq import Node
from tests.support.station import PASSWORD, found_station
from tests.support.system import House


@pytest.fixture
def publish(
    examples: Callable[[str], str], machine: Machine
) -> Callable[[str, dict[str, Any]], Awaitable[str]]:
    """Publishes with an example."""

    async def say(type_: str, data: dict[str, Any]) -> str:
        told = await published(examples("publish"), type_, data, AMQP_URL=machine.amqp_url)
        return told.strip()

    return say


async def test_what_the_examples_say_reaches_records_points_and_inboxes(
    house: House, desk: Person, publish: Callable[[str, dict[str, Any]], Awaitable[str]]
) -> None:
    await wish_comes_true(desk, publish)
    path = await planned(desk, starts_in=timedelta(hours=2))
    event = path.rpartition("/")[2]

    async def begun() -> None:
        earlier = timedelta(hours=2, minutes=30)
        times = {Event.starts_at: Event.starts_at - earlier, Event.ends_at: Event.ends_at - earlier}
        async with house.intake.sessions.begin() as tx:
            await tx.execute(update(Event).where(Event.id == UUID(event)).values(times))

    await attendance_earns_points(desk, event, publish, begun)


async def test_a_repeat_under_the_same_id_is_done_once(
    house: House, examples: Callable[[str], str], machine: Machine
) -> None:
    id_ = str(uuid4())
    for _ in range(2):
        ran = await run(
            examples("publish"), STOPPED, '{"lift": "左"}', id_, AMQP_URL=machine.amqp_url
        )
        assert (ran.code, ran.printed.strip()) == (0, id_)

    async def passed_on() -> list[Any]:
        query = "SELECT body FROM intake.sent WHERE type = 'ext.lifts.stopped.v1'"
        async with house.intake.engine.connect() as connection:
            bodies = [row[0] for row in await connection.exec_driver_sql(query)]
        said = [json.loads(body) for body in bodies]
        return [one for one in said if one["causationid"] == id_]

    (one,) = await eventually(passed_on)
    assert (one["source"], one["data"]) == (f"/partners/{machine.name}", {"lift": "左"})


async def test_the_broker_refuses_what_is_not_granted(
    examples: Callable[[str], str], machine: Machine
) -> None:
    for type_ in ("ext.lifts.painted.v1", "linli.points.awarded.v1", OPENED):
        ran = await run(examples("publish"), type_, "{}", AMQP_URL=machine.amqp_url)
        assert ran.code == 1
        assert "Refused" in ran.complained
        assert "ACCESS_REFUSED" in ran.complained or "ACCESS-REFUSED" in ran.complained


async def test_the_reading_examples_get_their_own_station_s_messages(
    house: House, node: Node, desk: Person, admin: Person, examples: Callable[[str], str]
) -> None:
    reader = await admitted(admin, node, GRANTS[-1:])
    await tell_the_broker(house, node)
    code, _ = await found_station(house)
    other = await sign_in(desk.client, station=code, username="desk", password=PASSWORD)
    opened_here = [await _opened(one) for one in (other, desk)][1]
    ran = await run(examples("subscribe"), "1", AMQP_URL=reader.amqp_url)
    assert ran.code == 0, ran.complained
    (read,) = [json.loads(line) for line in ran.printed.splitlines()]
    assert (read["type"], read["data"]["wish_id"]) == (OPENED, opened_here)


async def _opened(desk: Person) -> str:
    """A wish of that station that was opened just now."""
    wish = await (await resident(desk)).post("/wishes", {"title": "读报", "details": "眼睛不好"})
    await desk.post(f"/wishes/{wish['id']}/approve")
    id_: str = wish["id"]
    return id_


async def test_who_may_not_read_is_refused(
    house: House, node: Node, admin: Person, examples: Callable[[str], str]
) -> None:
    silent = await admitted(admin, node, GRANTS[:1])
    unknown = await run(examples("subscribe"), "1", AMQP_URL=silent.amqp_url)
    assert (unknown.code, "Not read" in unknown.complained) == (1, True)
    await tell_the_broker(house, node)
    refused = await run(examples("subscribe"), "1", AMQP_URL=silent.amqp_url)
    assert (refused.code, "Refused" in refused.complained) == (1, True)


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
    machine: Machine, exchange: str, key: str, user: str | None
) -> None:
    async with await aio_pika.connect(machine.amqp_url) as connection:
        channel = await connection.channel()
        target = await channel.get_exchange(exchange or "amq.default", ensure=False)
        if not exchange:
            target = channel.default_exchange
        with pytest.raises(AMQPException):
            await target.publish(aio_pika.Message(b"{}", user_id=user), key, timeout=5)


async def declare(channel: AbstractChannel, _machine: Machine) -> None:
    """Make a queue."""
    await channel.declare_queue(f"mine-{uuid4().hex}")


async def read(channel: AbstractChannel, _machine: Machine) -> None:
    """Read what is for intake."""
    queue = await channel.get_queue("linli.intake", ensure=False)
    await queue.get(timeout=5)


async def bind(channel: AbstractChannel, machine: Machine) -> None:
    """Let one's own queue have everything."""
    queue = await channel.get_queue(f"linli.readers.{machine.name}", ensure=False)
    await queue.bind("linli.messages", "#")


@pytest.mark.parametrize("act", [declare, read, bind])
async def test_it_declares_binds_and_reads_nothing_else(
    machine: Machine, act: Callable[[AbstractChannel, Machine], Awaitable[None]]
) -> None:
    async with await aio_pika.connect(machine.amqp_url) as connection:
        channel = await connection.channel()
        with pytest.raises(AMQPException, match=r"ACCESS[_-]REFUSED"):
            await act(channel, machine)


async def test_without_its_user_a_message_is_parked_with_the_reason(
    house: House, machine: Machine
) -> None:
    async with await aio_pika.connect(machine.amqp_url) as connection:
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
        vouched = f"partner-{machine.name}"
        message = aio_pika.Message(json.dumps(forged).encode(), user_id=vouched)
        await exchange.publish(message, STOPPED, timeout=5)

    async def parked() -> set[str] | None:
        query = "SELECT error FROM intake.inbox WHERE state = 'parked'"
        async with house.intake.engine.connect() as connection:
            errors = {row[0] for row in await connection.exec_driver_sql(query)}
        return errors if len(errors) == 2 else None

    errors = await eventually(parked)
    assert {error.partition(":")[0] for error in errors} == {"NotVouchedFor", "ForeignSource"}


async def test_what_is_granted_no_more_is_refused_once_the_broker_is_told(
    house: House, node: Node, admin: Person, examples: Callable[[str], str]
) -> None:
    granted = await admitted(admin, node, GRANTS)
    await tell_the_broker(house, node)
    await published(examples("publish"), STOPPED, {}, AMQP_URL=granted.amqp_url)
    await admin.put(f"/publishers/{granted.id}/grants", {"grants": []})
    await tell_the_broker(house, node)
    for name, words in (("publish", (STOPPED, "{}")), ("subscribe", ("1",))):
        ran = await run(examples(name), *words, AMQP_URL=granted.amqp_url)
        assert (ran.code, "Refused" in ran.complained) == (1, True)
