"""The guide's example for HTTP publishes against what `make run` runs."""

import asyncio
import json
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.set_up import BIN, ROOT
from shared import clock
from shared.contracts.partners import CONTRACTS
from tests.guides.examples import (
    EXAMPLES,
    FULFILLED,
    assert_attendance_earns_points,
    assert_wish_is_fulfilled,
    publish_with_example,
    run_example,
)
from tests.support.api_clients import Person, sign_in
from tests.support.ports import free_port

STARTUP_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class RunningProduct:
    """The product with its demo estate, and a key of the property company's machine."""

    url: str
    desk: Person
    key: str

    async def publish(self, type_: str, data: dict[str, Any]) -> str:
        """Publish as the guide does, and wait until it is done."""
        told = await publish_with_example("publish.sh", type_, data, LINLI=self.url, KEY=self.key)
        (taken,) = json.loads(told)
        assert taken["repeated"] is False
        key: str = taken["key"]
        return key


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where its data are."""
    made = Path(tempfile.mkdtemp(prefix="linli-up-"))
    # The database runs as another user than root, who must reach the folder.
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
async def running_product(folder: Path) -> AsyncIterator[RunningProduct]:
    """What `make run` runs, on data of its own."""
    bind = f"127.0.0.1:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        BIN / "linli",
        "up",
        cwd=ROOT,
        env={**os.environ, "LINLI_BIND": bind, "LINLI_DATA_DIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _wait_until_open(process)
        async with httpx.AsyncClient(base_url=f"http://{bind}", timeout=30) as client:
            desk, admin = [await _sign_in_staff(client, name) for name in ("desk", "admin")]
            (partner_client,) = await admin.get("/publishers")
            issued = await admin.post(f"/publishers/{partner_client['id']}/keys")
            yield RunningProduct(f"http://{bind}", desk, issued["key"])
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _wait_until_open(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(STARTUP_TIMEOUT_SECONDS):
        while b" is open on " not in (line := await process.stdout.readline()):
            assert line, "it ended instead of opening"


async def _sign_in_staff(client: httpx.AsyncClient, name: str) -> Person:
    station = (await client.get("/api/v1/stations")).json()[0]["code"]
    return await sign_in(client, station=station, username=name, password=f"linli-demo-{name}")


async def test_what_the_example_says_reaches_records_points_and_inboxes(
    running_product: RunningProduct,
) -> None:
    await assert_wish_is_fulfilled(running_product.desk, running_product.publish)
    now = clock.now().isoformat()
    events = await running_product.desk.get("/events", params={"when": "coming"})
    under_way = [one for one in events if one["starts_at"] <= now <= one["ends_at"]]

    async def is_already_running() -> None:
        """It has, when the demo was loaded."""

    event = under_way[0]["id"]
    await assert_attendance_earns_points(
        running_product.desk, event, running_product.publish, is_already_running
    )


async def test_the_example_says_what_was_refused_and_why(running_product: RunningProduct) -> None:
    for type_, data, sentence in (
        ("ext.property.lift-painted.v1", "{}", "403"),
        (FULFILLED, '{"minutes": 5}', "wish_id (missing)"),
    ):
        ran = await run_example(
            "publish.sh", type_, data, LINLI=running_product.url, KEY=running_product.key
        )
        assert ran.exit_code == 22
        assert sentence in ran.stdout + ran.stderr
    nobody = await run_example(
        "publish.sh", FULFILLED, "{}", LINLI=running_product.url, KEY="linli_nobody"
    )
    assert (nobody.exit_code, "401" in nobody.stderr) == (22, True)


async def test_the_guide_s_own_commands_lead_from_nothing_to_a_message(
    running_product: RunningProduct,
) -> None:
    guide = (ROOT / "docs/publishing.md").read_text("utf-8")
    admitting, publishing = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)[:2]
    here = running_product.url.removeprefix("http://")
    script = (admitting + publishing).replace("127.0.0.1:8000", here)
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euc",
        script,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LINLI": running_product.url},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    (taken,) = json.loads(printed)
    assert (taken["type"], taken["repeated"]) == ("ext.property.lift-stopped.v1", False)


def test_the_guide_names_every_example_and_every_type() -> None:
    guide = (ROOT / "docs/publishing.md").read_text("utf-8")
    assert {path.name for path in EXAMPLES.iterdir()} == set(
        re.findall(r"\(examples/([\w.]+)\)", guide)
    )
    for type_ in CONTRACTS:
        assert f"`{type_}`" in guide
