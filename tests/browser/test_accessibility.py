"""Tests of accessibility on a small phone: targets, contrast, labels, text size."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    publish_event,
    set_display_settings,
    sign_in_with_password,
    sign_in_with_slip,
)
from tests.support.failed_wish import create_failed_wish
from tests.support.station import WISHER, StationFixture

PUBLIC_PATHS = (
    "/",
    "/events",
    "/sign-in",
    "/sign-in/slip",
    "/sign-in/password",
    "/wishes/new",
    "/docs/messages",
    "/docs/components",
    "/me",
    "/nowhere",
)
STAFF_PATHS = ("/", "/review", "/desk", "/wishes", "/events", "/events/new", "/inbox")
EVENT_SUBPATHS = ("", "/check-in", "/edit", "/cancel", "/close")
UNLABELLED_CONTROLS = """() => [...document.querySelectorAll(
    'main input:not([type=hidden]), main textarea, main select, main button, main a'
)].filter(e => e.offsetHeight)
  .filter(e => !(e.labels?.length || e.getAttribute('aria-label') || e.innerText.trim()))
  .map(e => e.outerHTML.slice(0, 90))"""
DUPLICATE_IDS = """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return ids.filter((id, n) => ids.indexOf(id) !== n); }"""
HEADING_COUNT = "() => document.querySelectorAll('h1').length"
# A box or a round button is hit by its label, too.
SMALL_TARGETS = """minimum => [...document.querySelectorAll(
    'button, input:not([type=hidden]), textarea, a[role=button], nav a, header a, .tile, .card h3 a'
)].filter(e => e.offsetHeight && !e.closest('.skip'))
  .map(e => e.matches('[type=checkbox], [type=radio]') ? e.closest('label') ?? e : e)
  .filter(e => e.offsetHeight < minimum)
  .map(e => `${e.outerHTML.slice(0, 90)} is ${e.offsetHeight}px high`)"""
HORIZONTAL_OVERFLOW = (
    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
)
# Texts of the diagram that overlap with another or leave the drawing.
OVERLAPPING_TEXT = """() => {
  const edge = document.querySelector('.trail svg')?.getBoundingClientRect();
  const words = [...document.querySelectorAll('.trail svg text')]
    .map(e => [e.textContent.trim(), e.getBoundingClientRect()]);
  const out = words.filter(([, a]) => a.left < edge.left - 1 || a.right > edge.right + 1);
  const over = words.filter(([, a], n) => words.some(([, b], m) => m > n
    && a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom));
  return [...out, ...over].map(([text]) => text);
}"""
TEXT_SIZE = "() => parseFloat(getComputedStyle(document.querySelector('main')).fontSize)"
LOW_CONTRAST = """() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].filter(e => e.offsetHeight
      && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
    return [e.outerHTML.slice(0, 90), (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
  }).filter(([, ratio]) => ratio < 4.5).map(([e, ratio]) => `${e} has ${ratio.toFixed(2)}`);
}"""


# The least height of a target and size of text, by the chosen text size.
MINIMUM_SIZES = {
    "normal": {"min_target_px": 44, "min_text_px": 18},
    "large": {"min_target_px": 60, "min_text_px": 22},
}


async def test_public_pages_are_accessible(visit: OpenPage) -> None:
    page = await visit()
    await _assert_accessible(page, PUBLIC_PATHS, min_target_px=44, min_text_px=18)


async def test_public_pages_in_large_english_text_are_accessible(visit: OpenPage) -> None:
    page = await visit(locale="en-GB")
    await page.get_by_role("button", name="Large text").click()
    await _assert_accessible(page, PUBLIC_PATHS, min_target_px=60, min_text_px=22)


async def test_staff_pages_are_accessible(visit: OpenPage) -> None:
    page = await visit()
    await sign_in_with_password(page, "desk")
    await _assert_accessible(page, STAFF_PATHS, min_target_px=44, min_text_px=18)


@pytest.mark.parametrize("text", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_event_pages_are_accessible(
    visit: OpenPage, demo_station: StationFixture, language: str, text: str
) -> None:
    """Check the pages of a resident and of the desk, before and after check-in."""
    desk, guest = await visit(), await visit()
    await sign_in_with_password(desk, "desk")
    resident = demo_station.people[WISHER]
    event = await publish_event(desk, f"大扫除（{language}，{text}）")
    await sign_in_with_slip(guest, desk, resident)
    await guest.goto(event)
    await guest.get_by_role("button", name="我要参加").click()
    join_anyway = guest.get_by_role("button", name="还是要报名")
    own_code = guest.get_by_role("button", name="我的签到码")
    await expect(join_anyway.or_(own_code).first).to_be_visible()
    if await join_anyway.count():
        await join_anyway.click()
    await expect(own_code).to_be_visible()
    for page in (desk, guest):
        await set_display_settings(page, language, text)
    size = MINIMUM_SIZES[text]
    guest_paths = [event, f"{event}/my-code", f"{event}/leave", "/", "/events?list=mine"]
    await _assert_accessible(guest, tuple(guest_paths), **size)
    desk_paths = (f"/desk?event={event.rpartition('/')[2]}", f"/desk/residents/{resident}/events")
    await _assert_accessible(
        desk, (*(event + path for path in EVENT_SUBPATHS), *desk_paths), **size
    )
    await desk.goto(f"{event}/check-in")
    await desk.locator(".people button").first.click()
    await _assert_accessible(desk, (f"{event}/check-in",), **size)
    await _assert_accessible(guest, (f"{event}/my-code",), **size)


@pytest.mark.parametrize("text", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_trail_page_is_accessible(
    visit: OpenPage, demo_station: StationFixture, language: str, text: str
) -> None:
    desk = await visit()
    await sign_in_with_password(desk, "desk")
    case = await create_failed_wish(demo_station)
    await set_display_settings(desk, language, text)
    size = MINIMUM_SIZES[text]
    for width in (360, 390, 1280):
        await desk.set_viewport_size({"width": width, "height": 800})
        await _assert_accessible(desk, ("/desk/trail", f"/desk/trail/{case}"), **size)
        assert await desk.evaluate(OVERLAPPING_TEXT) == [], width


async def _assert_accessible(
    page: Page, paths: tuple[str, ...], *, min_target_px: int, min_text_px: int
) -> None:
    for path in paths:
        await page.goto(path)
        assert await page.evaluate(SMALL_TARGETS, min_target_px) == [], path
        assert await page.evaluate(HORIZONTAL_OVERFLOW) == 0, path
        assert await page.evaluate(TEXT_SIZE) >= min_text_px, path
        assert await page.evaluate(LOW_CONTRAST) == [], path
        assert await page.evaluate(UNLABELLED_CONTROLS) == [], path
        assert await page.evaluate(DUPLICATE_IDS) == [], path
        assert await page.evaluate(HEADING_COUNT) == 1, path
