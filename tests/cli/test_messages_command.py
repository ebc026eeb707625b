"""An operator finds a parked message, sees its error and retries or skips it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import uuid4

import pytest

from services.cli.deployment import Deployment
from services.cli.messages_operations import follow, local_user
from shared.bus.admin.tail import TailEvent
from tests.cli.messages_runner import (
    FULFILLED,
    REASON_OPTION,
    execute,
    park_message,
    run_json,
    run_linli,
    run_ok,
)
from tests.support.api_clients import ApiClient, eventually
from tests.support.failing_rule import fix_rule
from tests.support.system import RunningSystem

pytestmark = pytest.mark.usefixtures("cli_environment")


async def test_parked_message_is_listed_and_handled_once_after_a_retry(
    running_system: RunningSystem, desk: ApiClient
) -> None:
    key, taker, station = await park_message(running_system, desk)
    output = await run_ok("list", "--service", "volunteers")
    assert all(part in output for part in (key, "parked", FULFILLED, "int64"))
    [message] = await run_json("show", key)
    assert (message["service"], message["state"], message["attempts"]) == (
        "volunteers",
        "parked",
        12,
    )
    assert "int64" in message["error"]
    assert message["content"]["title"] == "想修一修水龙头"
    assert "title: 想修一修水龙头" in await run_ok("show", key)

    await fix_rule(running_system.volunteers, station)
    assert await run_ok("retry", key, *REASON_OPTION) == "volunteers tries the message again.\n"
    assert await eventually(taker.points) == 20
    assert len(await taker.get_ok("/points/me/entries")) == 1
    result = await run_linli("show", key)
    assert result.exit_code == 1
    assert "it never came, or it is done" in result.stderr

    [action] = [row for row in await run_json("acts") if row["message_key"] == key]
    assert (action["act"], action["who"], action["reason"]) == (
        "retry",
        "wang, command line",
        REASON_OPTION[1],
    )
    assert action["station"] == str(station)
    output = await run_ok("acts")
    assert all(part in output for part in (key, "wang, command line", REASON_OPTION[1]))


async def test_skipped_message_is_left_out_when_all_of_its_type_are_retried(
    running_system: RunningSystem, desk: ApiClient
) -> None:
    key, taker, station = await park_message(running_system, desk)
    assert await run_ok("skip", key, *REASON_OPTION) == "volunteers has set the message aside.\n"
    assert await run_ok("retry", "--all-of", FULFILLED, *REASON_OPTION) == "Tried again: 0.\n"
    assert [message["key"] for message in await run_json("list", "--state", "skipped")] == [key]
    await execute(
        running_system, "volunteers", "UPDATE inbox SET state = 'parked' WHERE state = 'skipped'"
    )

    await fix_rule(running_system.volunteers, station)
    assert await run_ok("retry", "--all-of", FULFILLED, *REASON_OPTION) == "Tried again: 1.\n"
    assert await eventually(taker.points) == 20


async def test_tail_shows_sent_handled_and_parked_messages(
    running_system: RunningSystem, desk: ApiClient
) -> None:
    events: list[TailEvent] = []

    async def is_complete() -> bool:
        kinds = {(event.service, event.what, event.type) for event in events}
        return {
            ("intake", "sent", FULFILLED),
            ("notify", "done", FULFILLED),
            ("volunteers", "parked", FULFILLED),
        } <= kinds

    async with (
        Deployment.read().connect() as services,
        aclosing(follow(services, list(services))) as tail,
    ):
        following = asyncio.create_task(_collect(tail, events))
        try:
            key, _, _ = await park_message(running_system, desk)
            await eventually(is_complete)
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
    rows = [(event.service, event.what, event.correlation, event.about) for event in events]
    assert len(set(rows)) == len(rows)
    await run_ok("skip", key, *REASON_OPTION)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
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
async def test_invalid_command_is_refused_with_a_sentence(
    arguments: list[str], sentence: str
) -> None:
    answer = await run_linli(*arguments)
    assert answer.exit_code in (1, 2)
    assert sentence in answer.stderr
    assert "Traceback" not in answer.output


async def test_unavailable_databases_are_reported_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINLI_INTAKE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    answer = await run_linli("list")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("The databases can't be used: ")


def test_user_without_a_name_is_identified_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54_321)
    assert local_user() == "user 54321"


async def _collect(events: AsyncIterator[TailEvent], collected: list[TailEvent]) -> None:
    async for event in events:
        collected.append(event)
