"""A station that is open at a TCP address, and a real Chromium to visit it with."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import uvicorn
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from shared.runtime.server import listen
from tests.support import chromium
from tests.support.api_clients import eventually
from tests.support.station import StationFixture, create_demo_station
from tests.support.system import open_transport, start_system

PHONE_VIEWPORT: ViewportSize = {"width": 360, "height": 740}
TIMEOUT_MS = 20_000  # milliseconds: several test runs may share the machine
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="module")
async def demo_station(module_database_urls: dict[str, str]) -> AsyncIterator[StationFixture]:
    """The three services in one process, and a station."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport("in process", os.environ["LINLI_TEST_AMQP_URL"], "") as carried,
            start_system(module_database_urls, Path(folder), carried) as running_system,
        ):
            yield await create_demo_station(running_system)


@pytest.fixture(scope="module")
async def address(demo_station: StationFixture) -> AsyncIterator[str]:
    """Where the pages open."""
    listening = listen("127.0.0.1:0")
    config = uvicorn.Config(demo_station.system.intake.app, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listening]))

    async def started() -> bool:
        return server.started

    await eventually(started)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving
    listening.close()


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without anything that it does on its own account."""
    try:
        path = chromium.executable()
    except chromium.NoChromium as missing:
        pytest.fail(str(missing), pytrace=False)
    expect.set_options(timeout=TIMEOUT_MS)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture
async def visit(browser: Browser, address: str) -> AsyncIterator[OpenPage]:
    """A function that opens the first page on a new phone; a broken page fails the test."""
    faults: list[str] = []
    contexts = []

    async def open_page(*, javascript: bool = True, locale: str = "zh-CN") -> Page:
        context = await browser.new_context(
            base_url=address, viewport=PHONE_VIEWPORT, locale=locale, java_script_enabled=javascript
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security" in said.text else None,
        )
        await page.goto("/")
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert faults == []
