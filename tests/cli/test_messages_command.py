"""An operator finds a parked message on the command line, sees why, mends it, and it is done."""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.cli.deployment import Deployment
from services.cli.main import app
from services.cli.messages_command import follow, local_user
from services.intake.stations.queries import get_by_code
from shared.bus.admin.tail import TailEvent
from tests.cli.invariants import environment
from tests.support.api_clients import (
    Person,
    create_fulfilled_wish,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.failing_rule import (
    UNPAYABLE_MINUTES,
    add_failing_rule,
    exhaust_retries,
    fix_rule,
)
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem

FULFILLED = "linli.wish.fulfilled.v1"
REGISTERED = "linli.resident.registered.v1"
# The house logs into the same stream, in the middle of what a command says.
LOG_LINE = re.compile(r"\S+ \S+ \[\w+ *\] .*\n")
REASON_OPTION = ["--reason", "the rule was mistyped"]


@pytest.fixture(autouse=True)
def cli_environment(running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment from which the command line knows the house."""
    monkeypatch.setenv("LOGNAME", "wang")
    for name, value in environment(running_system).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def desk(running_system: RunningSystem) -> AsyncIterator[Person]:
    """Somebody at the desk of a new station."""
    code, _ = await create_station(running_system)
    async with running_system.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)


async def run_linli(*arguments: str) -> Result:
    """What `linli messages` answers, in a thread since it has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["messages", *arguments])


async def run_ok(*arguments: str) -> str:
    """What a command that succeeds says."""
    answer = await run_linli(*arguments)
    assert answer.exit_code == 0, answer.output
    return LOG_LINE.sub("", answer.output)


async def run_json(*arguments: str) -> list[dict[str, Any]]:
    """What a command says as JSON."""
    return [json.loads(line) for line in (await run_ok(*arguments, "--json")).splitlines()]


async def execute(running_system: RunningSystem, service: str, sql: str) -> list[Any]:
    """Run a statement in a service's database; the rows that it gives."""
    async with running_system.replicas[service][0].sessions.begin() as tx:
        result: Any = await tx.execute(text(sql))
        return list(result) if result.returns_rows else []


async def count(running_system: RunningSystem, service: str, table: str) -> int:
    """How many rows a table has."""
    [(rows,)] = await execute(running_system, service, f"SELECT count(*) FROM {table}")
    return int(rows)


async def park_message(running_system: RunningSystem, desk: Person) -> tuple[str, Person, UUID]:
    """The key of a message that a wrong rule has parked, whom it pays, and the station."""
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    await create_fulfilled_wish(
        desk, wisher, taker, title="想修一修水龙头", minutes=UNPAYABLE_MINUTES
    )

    async def find_parked() -> list[dict[str, Any]]:
        await exhaust_retries(running_system.volunteers)
        listed = await run_json("list", "--state", "parked", "--type", FULFILLED)
        return [one for one in listed if one["station"] == str(station)]

    [message] = await eventually(find_parked)
    return message["key"], taker, station


async def test_a_parked_message_is_found_understood_mended_and_done(
    running_system: RunningSystem, desk: Person
) -> None:
    key, taker, station = await park_message(running_system, desk)
    listed = await run_ok("list", "--service", "volunteers")
    assert all(part in listed for part in (key, "parked", FULFILLED, "int64"))
    [whole] = await run_json("show", key)
    assert (whole["service"], whole["state"], whole["attempts"]) == ("volunteers", "parked", 12)
    assert "int64" in whole["error"]
    assert whole["content"]["title"] == "想修一修水龙头"
    assert "title: 想修一修水龙头" in await run_ok("show", key)

    await fix_rule(running_system.volunteers, station)
    assert await run_ok("retry", key, *REASON_OPTION) == "volunteers tries the message again.\n"
    assert await eventually(taker.points) == 20
    assert len(await taker.get("/points/me/entries")) == 1
    gone = await run_linli("show", key)
    assert gone.exit_code == 1
    assert "it never came, or it is done" in gone.stderr

    [act] = [one for one in await run_json("acts") if one["message_key"] == key]
    assert (act["act"], act["who"], act["reason"]) == (
        "retry",
        "wang, command line",
        REASON_OPTION[1],
    )
    assert act["station"] == str(station)
    listed = await run_ok("acts")
    assert all(part in listed for part in (key, "wang, command line", REASON_OPTION[1]))


async def test_what_is_set_aside_is_left_until_all_of_its_type_are_tried(
    running_system: RunningSystem, desk: Person
) -> None:
    key, taker, station = await park_message(running_system, desk)
    assert await run_ok("skip", key, *REASON_OPTION) == "volunteers has set the message aside.\n"
    assert await run_ok("retry", "--all-of", FULFILLED, *REASON_OPTION) == "Tried again: 0.\n"
    assert [one["key"] for one in await run_json("list", "--state", "skipped")] == [key]
    await execute(
        running_system, "volunteers", "UPDATE inbox SET state = 'parked' WHERE state = 'skipped'"
    )

    await fix_rule(running_system.volunteers, station)
    assert await run_ok("retry", "--all-of", FULFILLED, *REASON_OPTION) == "Tried again: 1.\n"
    assert await eventually(taker.points) == 20


async def test_a_replay_brings_back_a_copy_that_was_lost(
    running_system: RunningSystem, desk: Person
) -> None:
    person = await create_resident(desk)
    where = ["--where", f"type={REGISTERED}", "--where", f"subject=residents/{person.id}"]
    words = ["replay", "--from", "intake", "--to", "notify", *where, *REASON_OPTION]
    mine = f"recipients WHERE resident_id = '{person.id}'"

    async def has_one_copy() -> bool:
        record = f"sent WHERE subject = 'residents/{person.id}'"
        return (
            await count(running_system, "notify", mine)
            + await count(running_system, "intake", record)
            == 2
        )

    await eventually(has_one_copy)
    await execute(running_system, "notify", f"DELETE FROM {mine}")

    assert await run_ok(*words) == "Handed to notify: 0; left alone: 1.\n"
    assert await run_ok(*words, "--again") == "Handed to notify: 1; left alone: 0.\n"
    await eventually(lambda: count(running_system, "notify", mine))
    acts = await run_json("acts", "--service", "notify")
    assert [one["messages"] for one in acts[:2]] == [1, 0]
    assert acts[0]["chosen"]["subject"] == f"residents/{person.id}"


async def test_a_snapshot_fills_the_copies_again_and_tells_nobody_anything(
    running_system: RunningSystem, desk: Person
) -> None:
    person = await create_volunteer(desk)
    approved = "deliveries WHERE template LIKE '%volunteer%'"
    copies = [("notify", "recipients"), ("intake", "volunteers")]

    async def everything() -> list[Any]:
        return [
            [
                tuple(row)
                for row in await execute(running_system, name, f"SELECT * FROM {table} ORDER BY 1")
            ]
            for name, table in copies
        ]

    await eventually(
        lambda: count(running_system, "notify", "inbox WHERE type LIKE '%volunteer.approved%'")
    )
    before, told = await everything(), await count(running_system, "notify", approved)
    assert told
    for name, table in copies:
        await execute(running_system, name, f"DELETE FROM {table}")

    for feature in ("residents", "volunteers"):
        assert f"Said again of {feature}: " in await run_ok("snapshot", feature, *REASON_OPTION)

    async def all_copies_filled() -> bool:
        return await everything() == before

    await eventually(all_copies_filled)
    read = "inbox WHERE type LIKE '%volunteer.approved%'"
    volunteers = await count(running_system, "volunteers", "volunteers WHERE state = 'approved'")
    await eventually(lambda: _equals(count(running_system, "notify", read), 2 * volunteers))
    assert await count(running_system, "notify", approved) == told
    assert "volunteer" in (await person.get("/me"))["roles"]
    assert {
        one["chosen"]["feature"] for one in (await run_json("acts", "--service", "intake"))[:1]
    } == {"residents"}


async def test_the_tail_shows_what_is_sent_done_and_kept(
    running_system: RunningSystem, desk: Person
) -> None:
    seen: list[TailEvent] = []

    async def complete() -> bool:
        what = {(one.service, one.what, one.type) for one in seen}
        return {
            ("intake", "sent", FULFILLED),
            ("notify", "done", FULFILLED),
            ("volunteers", "parked", FULFILLED),
        } <= what

    async with (
        Deployment.read().connect() as services,
        aclosing(follow(services, list(services))) as happenings,
    ):
        following = asyncio.create_task(_collect(happenings, seen))
        try:
            key, _, _ = await park_message(running_system, desk)
            await eventually(complete)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    marks = [(one.service, one.what, one.correlation, one.about) for one in seen]
    assert len(set(marks)) == len(marks)
    await run_ok("skip", key, *REASON_OPTION)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["list", "--service", "post"], "There is no service post"),
        (["list", "--state", "lost"], "state"),
        (["snapshot", "wishes", *REASON_OPTION], "There is no snapshot of wishes"),
        (["retry", str(uuid4()), *REASON_OPTION], "it never came, or it is done"),
        (["retry", *REASON_OPTION], "Name either"),
        (["skip", str(uuid4()), "--reason", " "], "Please say why"),
        (["retry", str(uuid4())], "--reason"),
    ],
)
async def test_what_can_not_be_done_is_said_in_a_sentence(words: list[str], sentence: str) -> None:
    answer = await run_linli(*words)
    assert answer.exit_code in (1, 2)
    assert sentence in answer.stderr
    assert "Traceback" not in answer.output


async def test_a_replay_of_nothing_is_on_record_too() -> None:
    words = [
        "replay",
        "--from",
        "intake",
        "--to",
        "notify",
        "--where",
        "type=linli.none.v1",
        *REASON_OPTION,
    ]
    assert await run_ok(*words) == "Handed to notify: 0; left alone: 0.\n"
    [act] = await run_json("acts", "--service", "notify", "--limit", "1")
    assert (act["act"], act["messages"]) == ("replay", 0)
    assert act["chosen"] == {"type": "linli.none.v1"}


@pytest.mark.parametrize("where", ["colour=red", "since=yesterday", "since=2026-11-24T08:00:00"])
async def test_a_choice_that_says_nothing_is_refused(where: str) -> None:
    words = ["replay", "--from", "intake", "--to", "notify", "--where", where, *REASON_OPTION]
    answer = await run_linli(*words)
    assert answer.exit_code == 2
    assert where.partition("=")[0] in answer.stderr


async def test_databases_that_are_away_are_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINLI_INTAKE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    answer = await run_linli("list")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("The databases can't be used: ")


def test_a_user_without_a_name_is_known_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    assert local_user() == "user 54321"


async def _collect(events: AsyncIterator[TailEvent], collected: list[TailEvent]) -> None:
    async for one in events:
        collected.append(one)


async def _equals(actual: Any, expected: int) -> bool:
    return bool(await actual == expected)
