"""A running station at a TCP address, and a real Chromium to visit it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from shared.runtime.server import listen
from tests.support import chromium
from tests.support.api_clients import eventually
from tests.support.station import StationFixture

PHONE_VIEWPORT: ViewportSize = {"width": 360, "height": 740}
# Long, because several test runs may share the machine.
TIMEOUT_MS = 20_000
OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="module")
async def address(demo_station: StationFixture) -> AsyncIterator[str]:
    """Serve the pages and return their base URL."""
    listener = listen("127.0.0.1:0")
    config = uvicorn.Config(demo_station.system.intake.app, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve([listener]))

    async def is_started() -> bool:
        return server.started

    await eventually(is_started)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving
    listener.close()


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Launch Chromium without its background activity."""
    try:
        path = chromium.executable()
    except chromium.NoChromium as error:
        pytest.fail(str(error), pytrace=False)
    expect.set_options(timeout=TIMEOUT_MS)
    async with async_playwright() as playwright:
        chromium_browser = await playwright.chromium.launch(
            executable_path=path, args=chromium.ARGUMENTS
        )
        yield chromium_browser
        await chromium_browser.close()


@pytest.fixture
async def visit(browser: Browser, address: str) -> AsyncIterator[OpenPage]:
    """Return a function that opens the start page on a new phone; a page error fails the test."""
    page_errors: list[str] = []
    contexts = []

    async def open_page(*, javascript: bool = True, locale: str = "zh-CN") -> Page:
        context = await browser.new_context(
            base_url=address, viewport=PHONE_VIEWPORT, locale=locale, java_script_enabled=javascript
        )
        contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: page_errors.append(str(error)))
        page.on(
            "console",
            lambda message: (
                page_errors.append(message.text) if "Content Security" in message.text else None
            ),
        )
        await page.goto("/")
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert page_errors == []
