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
from services.cli.messages_command import follow, who
from services.intake.stations.queries import named
from shared.bus.admin.tail import Happening
from tests.cli.invariants import environment
from tests.support.api_clients import (
    Person,
    eventually,
    fulfilled_wish,
    resident,
    sign_in,
    volunteer,
)
from tests.support.failing_rule import LONG, exhaust, mend, misrule
from tests.support.station import PASSWORD, found_station
from tests.support.system import House

FULFILLED = "linli.wish.fulfilled.v1"
REGISTERED = "linli.resident.registered.v1"
# The house logs into the same stream, in the middle of what a command says.
LOGGED = re.compile(r"\S+ \S+ \[\w+ *\] .*\n")
WHY = ["--reason", "the rule was mistyped"]


@pytest.fixture(autouse=True)
def known(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment from which the command line knows the house."""
    monkeypatch.setenv("LOGNAME", "wang")
    for name, value in environment(house).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Person]:
    """Somebody at the desk of a new station."""
    code, _ = await found_station(house)
    async with house.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)


async def linli(*words: str) -> Result:
    """What `linli messages` answers, in a thread since it has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["messages", *words])


async def done(*words: str) -> str:
    """What a command that succeeds says."""
    answer = await linli(*words)
    assert answer.exit_code == 0, answer.output
    return LOGGED.sub("", answer.output)


async def lines(*words: str) -> list[dict[str, Any]]:
    """What a command says as JSON."""
    return [json.loads(line) for line in (await done(*words, "--json")).splitlines()]


async def execute(house: House, service: str, sql: str) -> list[Any]:
    """Run a statement in a service's database; the rows that it gives."""
    async with house.replicas[service][0].sessions.begin() as tx:
        result: Any = await tx.execute(text(sql))
        return list(result) if result.returns_rows else []


async def count(house: House, service: str, table: str) -> int:
    """How many rows a table has."""
    [(rows,)] = await execute(house, service, f"SELECT count(*) FROM {table}")
    return int(rows)


async def parked(house: House, desk: Person) -> tuple[str, Person, UUID]:
    """The key of a message that a wrong rule has parked, whom it pays, and the station."""
    async with house.intake.sessions() as tx:
        station = (await named(tx, desk.station)).id
    await misrule(house.volunteers, station)
    wisher, taker = await resident(desk), await volunteer(desk)
    await fulfilled_wish(desk, wisher, taker, title="想修一修水龙头", minutes=LONG)

    async def found() -> list[dict[str, Any]]:
        await exhaust(house.volunteers)
        listed = await lines("list", "--state", "parked", "--type", FULFILLED)
        return [one for one in listed if one["station"] == str(station)]

    [message] = await eventually(found)
    return message["key"], taker, station


async def test_a_parked_message_is_found_understood_mended_and_done(
    house: House, desk: Person
) -> None:
    key, taker, station = await parked(house, desk)
    listed = await done("list", "--service", "volunteers")
    assert all(part in listed for part in (key, "parked", FULFILLED, "int64"))
    [whole] = await lines("show", key)
    assert (whole["service"], whole["state"], whole["attempts"]) == ("volunteers", "parked", 12)
    assert "int64" in whole["error"]
    assert whole["content"]["title"] == "想修一修水龙头"
    assert "title: 想修一修水龙头" in await done("show", key)

    await mend(house.volunteers, station)
    assert await done("retry", key, *WHY) == "volunteers tries the message again.\n"
    assert await eventually(taker.points) == 20
    assert len(await taker.get("/points/me/entries")) == 1
    gone = await linli("show", key)
    assert gone.exit_code == 1
    assert "it never came, or it is done" in gone.stderr

    [act] = [one for one in await lines("acts") if one["message_key"] == key]
    assert (act["act"], act["who"], act["reason"]) == ("retry", "wang, command line", WHY[1])
    assert act["station"] == str(station)
    listed = await done("acts")
    assert all(part in listed for part in (key, "wang, command line", WHY[1]))


async def test_what_is_set_aside_is_left_until_all_of_its_type_are_tried(
    house: House, desk: Person
) -> None:
    key, taker, station = await parked(house, desk)
    assert await done("skip", key, *WHY) == "volunteers has set the message aside.\n"
    assert await done("retry", "--all-of", FULFILLED, *WHY) == "Tried again: 0.\n"
    assert [one["key"] for one in await lines("list", "--state", "skipped")] == [key]
    await execute(house, "volunteers", "UPDATE inbox SET state = 'parked' WHERE state = 'skipped'")

    await mend(house.volunteers, station)
    assert await done("retry", "--all-of", FULFILLED, *WHY) == "Tried again: 1.\n"
    assert await eventually(taker.points) == 20


async def test_a_replay_brings_back_a_copy_that_was_lost(house: House, desk: Person) -> None:
    person = await resident(desk)
    where = ["--where", f"type={REGISTERED}", "--where", f"subject=residents/{person.id}"]
    words = ["replay", "--from", "intake", "--to", "notify", *where, *WHY]
    mine = f"recipients WHERE resident_id = '{person.id}'"

    async def known_once() -> bool:
        record = f"sent WHERE subject = 'residents/{person.id}'"
        return await count(house, "notify", mine) + await count(house, "intake", record) == 2

    await eventually(known_once)
    await execute(house, "notify", f"DELETE FROM {mine}")

    assert await done(*words) == "Handed to notify: 0; left alone: 1.\n"
    assert await done(*words, "--again") == "Handed to notify: 1; left alone: 0.\n"
    await eventually(lambda: count(house, "notify", mine))
    acts = await lines("acts", "--service", "notify")
    assert [one["messages"] for one in acts[:2]] == [1, 0]
    assert acts[0]["chosen"]["subject"] == f"residents/{person.id}"


async def test_a_snapshot_fills_the_copies_again_and_tells_nobody_anything(
    house: House, desk: Person
) -> None:
    person = await volunteer(desk)
    approved = "deliveries WHERE template LIKE '%volunteer%'"
    copies = [("notify", "recipients"), ("intake", "volunteers")]

    async def everything() -> list[Any]:
        return [
            [tuple(row) for row in await execute(house, name, f"SELECT * FROM {table} ORDER BY 1")]
            for name, table in copies
        ]

    await eventually(lambda: count(house, "notify", "inbox WHERE type LIKE '%volunteer.approved%'"))
    before, told = await everything(), await count(house, "notify", approved)
    assert told
    for name, table in copies:
        await execute(house, name, f"DELETE FROM {table}")

    for feature in ("residents", "volunteers"):
        assert f"Said again of {feature}: " in await done("snapshot", feature, *WHY)

    async def whole_again() -> bool:
        return await everything() == before

    await eventually(whole_again)
    read = "inbox WHERE type LIKE '%volunteer.approved%'"
    volunteers = await count(house, "volunteers", "volunteers WHERE state = 'approved'")
    await eventually(lambda: _is(count(house, "notify", read), 2 * volunteers))
    assert await count(house, "notify", approved) == told
    assert "volunteer" in (await person.get("/me"))["roles"]
    assert {
        one["chosen"]["feature"] for one in (await lines("acts", "--service", "intake"))[:1]
    } == {"residents"}


async def test_the_tail_shows_what_is_sent_done_and_kept(house: House, desk: Person) -> None:
    seen: list[Happening] = []

    async def complete() -> bool:
        what = {(one.service, one.what, one.type) for one in seen}
        return {
            ("intake", "sent", FULFILLED),
            ("notify", "done", FULFILLED),
            ("volunteers", "parked", FULFILLED),
        } <= what

    async with (
        Deployment.read().connected() as services,
        aclosing(follow(services, list(services))) as happenings,
    ):
        following = asyncio.create_task(_collect(happenings, seen))
        try:
            key, _, _ = await parked(house, desk)
            await eventually(complete)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    marks = [(one.service, one.what, one.correlation, one.about) for one in seen]
    assert len(set(marks)) == len(marks)
    await done("skip", key, *WHY)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["list", "--service", "post"], "There is no service post"),
        (["list", "--state", "lost"], "state"),
        (["snapshot", "wishes", *WHY], "There is no snapshot of wishes"),
        (["retry", str(uuid4()), *WHY], "it never came, or it is done"),
        (["retry", *WHY], "Name either"),
        (["skip", str(uuid4()), "--reason", " "], "Please say why"),
        (["retry", str(uuid4())], "--reason"),
    ],
)
async def test_what_can_not_be_done_is_said_in_a_sentence(words: list[str], sentence: str) -> None:
    answer = await linli(*words)
    assert answer.exit_code in (1, 2)
    assert sentence in answer.stderr
    assert "Traceback" not in answer.output


async def test_a_replay_of_nothing_is_on_record_too() -> None:
    words = ["replay", "--from", "intake", "--to", "notify", "--where", "type=linli.none.v1", *WHY]
    assert await done(*words) == "Handed to notify: 0; left alone: 0.\n"
    [act] = await lines("acts", "--service", "notify", "--limit", "1")
    assert (act["act"], act["messages"]) == ("replay", 0)
    assert act["chosen"] == {"type": "linli.none.v1"}


@pytest.mark.parametrize("where", ["colour=red", "since=yesterday", "since=2026-11-24T08:00:00"])
async def test_a_choice_that_says_nothing_is_refused(where: str) -> None:
    words = ["replay", "--from", "intake", "--to", "notify", "--where", where, *WHY]
    answer = await linli(*words)
    assert answer.exit_code == 2
    assert where.partition("=")[0] in answer.stderr


async def test_databases_that_are_away_are_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINLI_INTAKE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    answer = await linli("list")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("The databases can't be used: ")


def test_a_user_without_a_name_is_known_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    assert who() == "user 54321"


async def _collect(happenings: AsyncIterator[Happening], seen: list[Happening]) -> None:
    async for one in happenings:
        seen.append(one)


async def _is(counting: Any, wanted: int) -> bool:
    return bool(await counting == wanted)
