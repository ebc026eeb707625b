"""What the broker must know of partners' machines, from the command line."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.exceptions import ChannelNotFoundEntity
from typer.testing import CliRunner

from services.cli.main import app
from shared.bus.transport import topology
from shared.bus.transport.topology import Names
from tests.cli.invariants import environment
from tests.support.api_clients import Person, create_publisher, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import BINDINGS, RunningSystem

OPENED = "linli.wish.opened.v1"
READ_GRANT = {"may": "read", "type": OPENED}
PUBLISH_GRANT = {"may": "publish", "type": "ext.lifts.stopped.v1"}


@pytest.fixture(autouse=True)
def cli_environment(running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment from which the command line knows the house."""
    for name, value in environment(running_system).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def prefix(amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A topology of the test's own on the broker, which the command line may change."""
    prefix = f"t{uuid4().hex[:8]}."
    monkeypatch.setenv("LINLI_ADMIN_AMQP_URL", amqp_url)
    monkeypatch.setenv("LINLI_AMQP_PREFIX", prefix)
    await topology.declare(amqp_url, BINDINGS, prefix=prefix)
    yield prefix
    await topology.remove(amqp_url, frozenset(BINDINGS), prefix=prefix)


@pytest.fixture
async def admin(running_system: RunningSystem) -> AsyncIterator[Person]:
    """The administrator of a new station."""
    code, _ = await create_station(running_system)
    async with running_system.client() as client:
        yield await sign_in(client, station=code, username="admin", password=PASSWORD)


async def export_definitions() -> dict[str, Any]:
    """What the command prints for the broker."""
    answer = await asyncio.to_thread(CliRunner().invoke, app, ["publishers", "broker"])
    assert answer.exit_code == 0, answer.output
    said: dict[str, Any] = json.loads(answer.stdout)
    return said


async def queue_depth(amqp_url: str, queue: str) -> int | None:
    """How many messages are in a queue; None where there is no such queue."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        try:
            found = await channel.declare_queue(queue, passive=True)
        except ChannelNotFoundEntity:
            return None
        return found.declaration_result.message_count or 0


async def publish_message(amqp_url: str, names: Names, type_: str, station: str) -> None:
    """Publish a message as a service of that station does."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(names.messages, ensure=False)
        message = aio_pika.Message(b"{}", headers={"type": type_, "station": station})
        await exchange.publish(message, "nobody.reads.it", mandatory=False)


async def test_the_broker_is_told_who_may_publish_what(
    admin: Person, prefix: str, amqp_url: str
) -> None:
    machine = await create_publisher(admin, [PUBLISH_GRANT])
    user, names = machine["user"], Names(prefix)
    before = await export_definitions()
    assert _entry_of(before, "users", user)["password_hash"] == ""

    await admin.post(f"/publishers/{machine['id']}/password")
    made = await export_definitions()
    assert _entry_of(made, "users", user)["password_hash"] != ""
    allowed = _entry_of(made, "permissions", user)
    assert (allowed["configure"], allowed["read"]) == ("^$", "^$")
    assert allowed["write"] == f"^{re.escape(names.partners)}$"
    topics = _entry_of(made, "topic_permissions", user)
    assert (topics["exchange"], topics["read"]) == (names.partners, "^$")
    assert topics["write"] == r"^ext\.lifts\.stopped\.v1$"
    assert await queue_depth(amqp_url, names.reader(machine["name"])) is None

    await admin.put(f"/publishers/{machine['id']}/grants", {"grants": []})
    assert _entry_of(await export_definitions(), "topic_permissions", user)["write"] == "^$"


async def test_who_may_read_has_a_queue_of_its_own_station_s_messages(
    admin: Person, prefix: str, amqp_url: str
) -> None:
    machine = await create_publisher(admin, [READ_GRANT])
    names = Names(prefix)
    queue = names.reader(machine["name"])
    station = (await admin.get("/me"))["station"]["id"]
    made = await export_definitions()
    assert _entry_of(made, "permissions", machine["user"])["read"] == f"^{re.escape(queue)}$"

    await publish_message(amqp_url, names, OPENED, station)
    await publish_message(amqp_url, names, OPENED, str(uuid4()))
    await publish_message(amqp_url, names, "linli.wish.posted.v1", station)
    assert await queue_depth(amqp_url, queue) == 1
    await export_definitions()
    assert await queue_depth(amqp_url, queue) == 1

    grants = {"grants": [{"may": "read", "type": "linli.wish.posted.v1"}]}
    path = f"/publishers/{machine['id']}/grants"
    await admin.put(path, grants)
    await export_definitions()
    await publish_message(amqp_url, names, OPENED, station)
    assert await queue_depth(amqp_url, queue) == 1
    await publish_message(amqp_url, names, "linli.wish.posted.v1", station)
    assert await queue_depth(amqp_url, queue) == 2

    await admin.put(path, {"grants": []})
    await export_definitions()
    assert await queue_depth(amqp_url, queue) is None


def _entry_of(definitions: dict[str, Any], kind: str, user: str) -> dict[str, Any]:
    (found,) = (one for one in definitions[kind] if user in (one.get("user"), one.get("name")))
    return dict(found)
