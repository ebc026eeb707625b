"""`linli migrate --drop-unused-bindings` waits until only its own version runs."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import aio_pika
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.cli.main import app
from shared.bus.transport import topology
from shared.bus.transport.topology import Names
from tests.support.postgres import with_database
from tests.support.system import BINDINGS, RunningSystem

pytestmark = pytest.mark.usefixtures("cli_environment")
UNNEEDED = "linli.wish.opened.v1"
INSERT_OTHER = text(
    "INSERT INTO replicas (id, name, version, started_at, seen_at, parts)"
    " VALUES (gen_random_uuid(), 'other', '9.9.9', now(), now(), '[]')"
)


@pytest.fixture
async def prefix(
    amqp_url: str, admin_url: str, running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Declare a topology of the test's own, with a binding of intake that nobody needs."""
    prefix = f"t{uuid4().hex[:8]}."
    monkeypatch.setenv("LINLI_ADMIN_AMQP_URL", amqp_url)
    monkeypatch.setenv("LINLI_AMQP_PREFIX", prefix)
    database = running_system.intake.engine.url.database or ""
    monkeypatch.setenv("LINLI_ADMIN_DATABASE_URL", with_database(admin_url, database))
    assert UNNEEDED not in BINDINGS["intake"]
    bindings = {**BINDINGS, "intake": BINDINGS["intake"] | {UNNEEDED}}
    await topology.declare(amqp_url, bindings, prefix=prefix)
    yield prefix
    await topology.remove(amqp_url, frozenset(BINDINGS), prefix=prefix)


async def test_bindings_are_dropped_once_one_version_runs(
    prefix: str, amqp_url: str, running_system: RunningSystem
) -> None:
    sessions = running_system.notify.sessions
    async with sessions.begin() as tx:
        await tx.execute(INSERT_OTHER)
    refused = await run_migrate()
    assert refused.exit_code == 1
    assert "Replicas of notify run version 0.1.0 and 9.9.9" in refused.stderr
    assert await count_of_intake(amqp_url, prefix) == 1

    async with sessions.begin() as tx:
        await tx.execute(text("DELETE FROM replicas WHERE version = '9.9.9'"))
    dropped = await run_migrate()
    assert dropped.exit_code == 0, dropped.output
    assert await count_of_intake(amqp_url, prefix) == 1


async def run_migrate() -> Result:
    """Run the command."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["migrate", "--drop-unused-bindings"])


async def count_of_intake(amqp_url: str, prefix: str) -> int:
    """Publish a message of the type, and count the messages in intake's queue."""
    names = Names(prefix)
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(names.messages)
        await exchange.publish(aio_pika.Message(b""), UNNEEDED)
        queue = await channel.declare_queue(names.queue("intake"), passive=True)
        return queue.declaration_result.message_count or 0
