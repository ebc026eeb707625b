"""`linli publishers broker` prints users for the broker and updates readers' queues."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.exceptions import ChannelNotFoundEntity
from typer.testing import CliRunner

from services.cli.main import app
from shared.bus.transport import topology
from shared.bus.transport.topology import Names
from tests.support.api_clients import ApiClient, create_publisher, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import BINDINGS, RunningSystem

OPENED = "linli.wish.opened.v1"
READ_GRANT = {"may": "read", "type": OPENED}
PUBLISH_GRANT = {"may": "publish", "type": "ext.lifts.stopped.v1"}

pytestmark = pytest.mark.usefixtures("cli_environment")


@pytest.fixture
async def prefix(amqp_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Declare a topology of the test's own on the broker; yield its prefix."""
    prefix = f"t{uuid4().hex[:8]}."
    monkeypatch.setenv("LINLI_ADMIN_AMQP_URL", amqp_url)
    monkeypatch.setenv("LINLI_AMQP_PREFIX", prefix)
    await topology.declare(amqp_url, BINDINGS, prefix=prefix)
    yield prefix
    await topology.remove(amqp_url, frozenset(BINDINGS), prefix=prefix)


@pytest.fixture
async def admin(running_system: RunningSystem) -> AsyncIterator[ApiClient]:
    """Sign in as the administrator of a new station."""
    code, _ = await create_station(running_system)
    async with running_system.client() as client:
        yield await sign_in(client, station=code, username="admin", password=PASSWORD)


async def export_definitions() -> dict[str, Any]:
    """Run the command; return the definitions that it prints for the broker."""
    answer = await asyncio.to_thread(CliRunner().invoke, app, ["publishers", "broker"])
    assert answer.exit_code == 0, answer.output
    definitions: dict[str, Any] = json.loads(answer.stdout)
    return definitions


async def queue_depth(amqp_url: str, queue: str) -> int | None:
    """Return the number of messages in a queue; None where there is no such queue."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        try:
            declared = await channel.declare_queue(queue, passive=True)
        except ChannelNotFoundEntity:
            return None
        return declared.declaration_result.message_count or 0


async def publish_message(amqp_url: str, names: Names, type_: str, station: str) -> None:
    """Publish a message as a service of that station does."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(names.messages, ensure=False)
        message = aio_pika.Message(b"{}", headers={"type": type_, "station": station})
        await exchange.publish(message, "nobody.reads.it", mandatory=False)


async def test_definitions_limit_a_machine_to_its_message_types(
    admin: ApiClient, prefix: str, amqp_url: str
) -> None:
    machine = await create_publisher(admin, [PUBLISH_GRANT])
    user, names = machine["user"], Names(prefix)
    before = await export_definitions()
    assert _entry_of(before, "users", user)["password_hash"] == ""

    await admin.post_ok(f"/publishers/{machine['id']}/password")
    definitions = await export_definitions()
    assert _entry_of(definitions, "users", user)["password_hash"] != ""
    allowed = _entry_of(definitions, "permissions", user)
    assert (allowed["configure"], allowed["read"]) == ("^$", "^$")
    assert allowed["write"] == f"^{re.escape(names.partners)}$"
    topics = _entry_of(definitions, "topic_permissions", user)
    assert (topics["exchange"], topics["read"]) == (names.partners, "^$")
    assert topics["write"] == r"^ext\.lifts\.stopped\.v1$"
    assert await queue_depth(amqp_url, names.reader(machine["name"])) is None

    await admin.put_ok(f"/publishers/{machine['id']}/grants", {"grants": []})
    assert _entry_of(await export_definitions(), "topic_permissions", user)["write"] == "^$"


async def test_reader_has_a_queue_of_its_stations_messages(
    admin: ApiClient, prefix: str, amqp_url: str
) -> None:
    machine = await create_publisher(admin, [READ_GRANT])
    names = Names(prefix)
    queue = names.reader(machine["name"])
    station = (await admin.get_ok("/me"))["station"]["id"]
    definitions = await export_definitions()
    assert _entry_of(definitions, "permissions", machine["user"])["read"] == f"^{re.escape(queue)}$"

    await publish_message(amqp_url, names, OPENED, station)
    await publish_message(amqp_url, names, OPENED, str(uuid4()))
    await publish_message(amqp_url, names, "linli.wish.posted.v1", station)
    assert await queue_depth(amqp_url, queue) == 1
    await export_definitions()
    assert await queue_depth(amqp_url, queue) == 1

    grants = {"grants": [{"may": "read", "type": "linli.wish.posted.v1"}]}
    path = f"/publishers/{machine['id']}/grants"
    await admin.put_ok(path, grants)
    await export_definitions()
    await publish_message(amqp_url, names, OPENED, station)
    assert await queue_depth(amqp_url, queue) == 1
    await publish_message(amqp_url, names, "linli.wish.posted.v1", station)
    assert await queue_depth(amqp_url, queue) == 2

    await admin.put_ok(path, {"grants": []})
    await export_definitions()
    assert await queue_depth(amqp_url, queue) is None


def _entry_of(definitions: dict[str, Any], kind: str, user: str) -> dict[str, Any]:
    (entry,) = (one for one in definitions[kind] if user in (one.get("user"), one.get("name")))
    return dict(entry)


def test_amqps_needs_a_certificate(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["publishers", "amqps", "--tls", str(tmp_path)])
    assert (answer.exit_code, "AMQPS can't be served" in answer.stderr) == (1, True)
