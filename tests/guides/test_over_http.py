"""The guide's example for HTTP, against the product as `make run` starts it."""

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
from tests.support.api_clients import ApiClient, sign_in
from tests.support.ports import free_port

STARTUP_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True)
class RunningProduct:
    """The product with its demo estate, and a key of the property company's publisher."""

    url: str
    desk: ApiClient
    key: str

    async def publish(self, type_: str, data: dict[str, Any]) -> str:
        """Publish with the guide's example, and return the message's key."""
        output = await publish_with_example("publish.sh", type_, data, LINLI=self.url, KEY=self.key)
        (message,) = json.loads(output)
        assert message["repeated"] is False
        key: str = message["key"]
        return key


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The product's data folder."""
    path = Path(tempfile.mkdtemp(prefix="linli-up-"))
    # The database runs as another user than root, who must reach the folder.
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
async def running_product(folder: Path) -> AsyncIterator[RunningProduct]:
    """The product as `make run` starts it, on its own data."""
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
            (partner_client,) = await admin.get_ok("/publishers")
            issued = await admin.post_ok(f"/publishers/{partner_client['id']}/keys")
            yield RunningProduct(f"http://{bind}", desk, issued["key"])
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _wait_until_open(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(STARTUP_TIMEOUT_SECONDS):
        while b" is open on " not in (line := await process.stdout.readline()):
            assert line, "the process ended before it was open"


async def _sign_in_staff(client: httpx.AsyncClient, name: str) -> ApiClient:
    station = (await client.get("/api/v1/stations")).json()[0]["code"]
    return await sign_in(client, station=station, username=name, password=f"linli-demo-{name}")


async def test_published_messages_reach_records_points_and_inboxes(
    running_product: RunningProduct,
) -> None:
    await assert_wish_is_fulfilled(running_product.desk, running_product.publish)
    now = clock.now().isoformat()
    events = await running_product.desk.get_ok("/events", params={"when": "coming"})
    current_events = [one for one in events if one["starts_at"] <= now <= one["ends_at"]]

    async def start_event() -> None:
        """Do nothing: the demo's event is under way already."""

    event = current_events[0]["id"]
    await assert_attendance_earns_points(
        running_product.desk, event, running_product.publish, start_event
    )


async def test_example_prints_why_a_message_is_refused(running_product: RunningProduct) -> None:
    for type_, data, sentence in (
        ("ext.property.lift-painted.v1", "{}", "403"),
        (FULFILLED, '{"minutes": 5}', "wish_id (missing)"),
    ):
        result = await run_example(
            "publish.sh", type_, data, LINLI=running_product.url, KEY=running_product.key
        )
        assert result.exit_code == 22
        assert sentence in result.stdout + result.stderr
    unauthorized = await run_example(
        "publish.sh", FULFILLED, "{}", LINLI=running_product.url, KEY="linli_nobody"
    )
    assert (unauthorized.exit_code, "401" in unauthorized.stderr) == (22, True)


async def test_commands_of_the_guide_publish_a_message(
    running_product: RunningProduct,
) -> None:
    guide = (ROOT / "docs/publishing.md").read_text("utf-8")
    admit_commands, publish_commands = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)[:2]
    address = running_product.url.removeprefix("http://")
    script = (admit_commands + publish_commands).replace("127.0.0.1:8000", address)
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euc",
        script,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LINLI": running_product.url},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0
    (message,) = json.loads(output)
    assert (message["type"], message["repeated"]) == ("ext.property.lift-stopped.v1", False)


def test_guide_names_every_example_and_every_type() -> None:
    guide = (ROOT / "docs/publishing.md").read_text("utf-8")
    assert {path.name for path in EXAMPLES.iterdir()} == set(
        re.findall(r"\(examples/([\w.]+)\)", guide)
    )
    for type_ in CONTRACTS:
        assert f"`{type_}`" in guide
