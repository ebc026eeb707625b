"""Test of the message documentation on a phone."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage

HORIZONTAL_OVERFLOW = (
    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
)
IS_SCROLLABLE = "e => e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === 'auto'"


@pytest.mark.parametrize("javascript", [True, False])
async def test_long_example_scrolls_inside_its_box(visit: OpenPage, javascript: bool) -> None:
    page = await visit(javascript=javascript)
    await page.goto("/docs/messages#linli.points.awarded.v1")
    section = page.locator("[id='linli.points.awarded.v1']")
    await expect(section.get_by_role("heading")).to_be_in_viewport()
    await section.locator("summary").click()
    example = section.locator("pre")
    await expect(example).to_be_visible()
    assert await example.evaluate(IS_SCROLLABLE)
    assert await page.evaluate(HORIZONTAL_OVERFLOW) == 0
