"""An operator restores read copies by a replay or a snapshot."""

from typing import Any

import pytest

from tests.cli.messages_runner import REASON_OPTION, count, execute, run_json, run_linli, run_ok
from tests.support.api_clients import ApiClient, create_resident, create_volunteer, eventually
from tests.support.system import RunningSystem

REGISTERED = "linli.resident.registered.v1"

pytestmark = pytest.mark.usefixtures("cli_environment")


async def test_replay_restores_a_lost_copy(running_system: RunningSystem, desk: ApiClient) -> None:
    person = await create_resident(desk)
    where = ["--where", f"type={REGISTERED}", "--where", f"subject=residents/{person.id}"]
    arguments = ["replay", "--from", "intake", "--to", "notify", *where, *REASON_OPTION]
    copy = f"recipients WHERE resident_id = '{person.id}'"

    async def is_sent_and_copied() -> bool:
        record = f"sent WHERE subject = 'residents/{person.id}'"
        return (
            await count(running_system, "notify", copy)
            + await count(running_system, "intake", record)
            == 2
        )

    await eventually(is_sent_and_copied)
    await execute(running_system, "notify", f"DELETE FROM {copy}")

    assert await run_ok(*arguments) == "Handed to notify: 0; left alone: 1.\n"
    assert await run_ok(*arguments, "--again") == "Handed to notify: 1; left alone: 0.\n"
    await eventually(lambda: count(running_system, "notify", copy))
    actions = await run_json("acts", "--service", "notify")
    assert [action["messages"] for action in actions[:2]] == [1, 0]
    assert actions[0]["chosen"]["subject"] == f"residents/{person.id}"


async def test_snapshot_restores_copies_and_notifies_nobody(
    running_system: RunningSystem, desk: ApiClient
) -> None:
    person = await create_volunteer(desk)
    approved = "deliveries WHERE template LIKE '%volunteer%'"
    copies = [("notify", "recipients"), ("intake", "volunteers")]

    async def read_copies() -> list[Any]:
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
    before, approvals = await read_copies(), await count(running_system, "notify", approved)
    assert approvals
    for name, table in copies:
        await execute(running_system, name, f"DELETE FROM {table}")

    for feature in ("residents", "volunteers"):
        assert f"Published again for {feature}: " in await run_ok(
            "snapshot", feature, *REASON_OPTION
        )

    async def are_copies_restored() -> bool:
        return await read_copies() == before

    await eventually(are_copies_restored)
    read = "inbox WHERE type LIKE '%volunteer.approved%'"
    volunteers = await count(running_system, "volunteers", "volunteers WHERE state = 'approved'")
    await eventually(lambda: _equals(count(running_system, "notify", read), 2 * volunteers))
    assert await count(running_system, "notify", approved) == approvals
    assert "volunteer" in (await person.get_ok("/me"))["roles"]
    actions = await run_json("acts", "--service", "intake")
    assert {action["chosen"]["feature"] for action in actions[:1]} == {"residents"}


async def test_replay_of_nothing_is_logged() -> None:
    arguments = [
        "replay",
        "--from",
        "intake",
        "--to",
        "notify",
        "--where",
        "type=linli.none.v1",
        *REASON_OPTION,
    ]
    assert await run_ok(*arguments) == "Handed to notify: 0; left alone: 0.\n"
    [action] = await run_json("acts", "--service", "notify", "--limit", "1")
    assert (action["act"], action["messages"]) == ("replay", 0)
    assert action["chosen"] == {"type": "linli.none.v1"}


@pytest.mark.parametrize("where", ["colour=red", "since=yesterday", "since=2026-11-24T08:00:00"])
async def test_invalid_filter_is_refused(where: str) -> None:
    arguments = ["replay", "--from", "intake", "--to", "notify", "--where", where, *REASON_OPTION]
    answer = await run_linli(*arguments)
    assert answer.exit_code == 2
    assert where.partition("=")[0] in answer.stderr


async def _equals(actual: Any, expected: int) -> bool:
    return bool(await actual == expected)
