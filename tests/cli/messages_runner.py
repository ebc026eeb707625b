"""Runs of `linli messages` in tests, and a message that the inbox has parked."""

import asyncio
import json
import re
from typing import Any
from uuid import UUID

from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.intake.stations.queries import get_by_code
from tests.support.api_clients import (
    ApiClient,
    create_fulfilled_wish,
    create_resident,
    create_volunteer,
    eventually,
)
from tests.support.failing_rule import UNPAYABLE_MINUTES, add_failing_rule, exhaust_retries
from tests.support.system import RunningSystem

FULFILLED = "linli.wish.fulfilled.v1"
REASON_OPTION = ["--reason", "the rule was mistyped"]
# The running system logs into the same stream, in the middle of the output of a command.
LOG_LINE = re.compile(r"\S+ \S+ \[\w+ *\] .*\n")


async def run_linli(*arguments: str) -> Result:
    """Run `linli messages` in a thread, because the command has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["messages", *arguments])


async def run_ok(*arguments: str) -> str:
    """Run a command that must succeed; return its output without log lines."""
    answer = await run_linli(*arguments)
    assert answer.exit_code == 0, answer.output
    return LOG_LINE.sub("", answer.output)


async def run_json(*arguments: str) -> list[dict[str, Any]]:
    """Run a command with --json; return its objects."""
    return [json.loads(line) for line in (await run_ok(*arguments, "--json")).splitlines()]


async def execute(running_system: RunningSystem, service: str, sql: str) -> list[Any]:
    """Run a statement in a service's database; return its rows."""
    async with running_system.replicas[service][0].sessions.begin() as tx:
        result: Any = await tx.execute(text(sql))
        return list(result) if result.returns_rows else []


async def count(running_system: RunningSystem, service: str, table: str) -> int:
    """Return the number of rows of a table."""
    [(rows,)] = await execute(running_system, service, f"SELECT count(*) FROM {table}")
    return int(rows)


async def park_message(
    running_system: RunningSystem, desk: ApiClient
) -> tuple[str, ApiClient, UUID]:
    """Park a message by a failing rule; return its key, the volunteer it pays, and the station."""
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    await create_fulfilled_wish(
        desk, wisher, taker, title="想修一修水龙头", minutes=UNPAYABLE_MINUTES
    )

    async def find_parked() -> list[dict[str, Any]]:
        await exhaust_retries(running_system.volunteers)
        messages = await run_json("list", "--state", "parked", "--type", FULFILLED)
        return [message for message in messages if message["station"] == str(station)]

    [message] = await eventually(find_parked)
    return message["key"], taker, station
