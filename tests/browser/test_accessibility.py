"""Pages fit a small phone, and readers who see and tap less well."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.steps import enter_as_account, enter_with_slip, plan_event, reads
from tests.support.failed_wish import failed_case
from tests.support.station import WISHER, Place

PUBLIC = (
    "/",
    "/events",
    "/sign-in",
    "/sign-in/slip",
    "/sign-in/password",
    "/wishes/new",
    "/docs/messages",
    "/nowhere",
)
STAFF = ("/", "/review", "/desk", "/wishes", "/events", "/events/new", "/messages")
OF_AN_EVENT = ("", "/door", "/edit", "/cancel", "/close")
LABELLED = """() => [...document.querySelectorAll(
    'main input:not([type=hidden]), main textarea, main select, main button, main a'
)].filter(e => e.offsetHeight)
  .filter(e => !(e.labels?.length || e.getAttribute('aria-label') || e.innerText.trim()))
  .map(e => e.outerHTML.slice(0, 90))"""
SAME_IDS = """() => { const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return ids.filter((id, n) => ids.indexOf(id) !== n); }"""
HEADED = "() => document.querySelectorAll('h1').length"
MEASURE = """minimum => [...document.querySelectorAll(
    'button, input:not([type=hidden]), textarea, a[role=button], nav a, header a, .tile, .card h3 a'
)].filter(e => e.offsetHeight && !e.closest('.skip')).filter(e => e.offsetHeight < minimum)
  .map(e => `${e.outerHTML.slice(0, 90)} is ${e.offsetHeight}px high`)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Words of a picture that stand on others, or leave it.
OVERLAPS = """() => {
  const edge = document.querySelector('.trail svg')?.getBoundingClientRect();
  const words = [...document.querySelectorAll('.trail svg text')]
    .map(e => [e.textContent.trim(), e.getBoundingClientRect()]);
  const out = words.filter(([, a]) => a.left < edge.left - 1 || a.right > edge.right + 1);
  const over = words.filter(([, a], n) => words.some(([, b], m) => m > n
    && a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom));
  return [...out, ...over].map(([text]) => text);
}"""
TEXT = "() => parseFloat(getComputedStyle(document.querySelector('main')).fontSize)"
CONTRAST = """() => {
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


async def test_public_pages(visit: Visit) -> None:
    page = await visit()
    await _fits(page, PUBLIC, target=44, text=18)


async def test_public_pages_in_large_text_and_longer_words(visit: Visit) -> None:
    page = await visit(locale="en-GB")
    await page.get_by_role("button", name="Large text").click()
    await _fits(page, PUBLIC, target=60, text=22)


async def test_pages_of_the_staff(visit: Visit) -> None:
    page = await visit()
    await enter_as_account(page, "desk")
    await _fits(page, STAFF, target=44, text=18)


@pytest.mark.parametrize("text", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_pages_of_an_event(visit: Visit, place: Place, language: str, text: str) -> None:
    """A resident's and the desk's, before and after somebody is checked in."""
    desk, guest = await visit(), await visit()
    await enter_as_account(desk, "desk")
    resident = place.people[WISHER]
    event = await plan_event(desk, f"大扫除（{language}，{text}）")
    await enter_with_slip(guest, desk, resident)
    await guest.goto(event)
    await guest.get_by_role("button", name="我要参加").click()
    again = guest.get_by_role("button", name="还是要报名")
    mine = guest.get_by_role("button", name="我的签到码")
    await expect(again.or_(mine).first).to_be_visible()
    if await again.count():
        await again.click()
    await expect(mine).to_be_visible()
    for page in (desk, guest):
        await reads(page, language, text)
    size = {"target": 60, "text": 22} if text == "large" else {"target": 44, "text": 18}
    mine_are = [event, f"{event}/my-code", f"{event}/leave", "/", "/events?list=mine"]
    await _fits(guest, tuple(mine_are), **size)
    around = (f"/desk?event={event.rpartition('/')[2]}", f"/desk/residents/{resident}/events")
    await _fits(desk, (*(event + path for path in OF_AN_EVENT), *around), **size)
    await desk.goto(f"{event}/door")
    await desk.locator(".people button").first.click()
    await _fits(desk, (f"{event}/door",), **size)
    await _fits(guest, (f"{event}/my-code",), **size)


@pytest.mark.parametrize("text", ["normal", "large"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_trail_of_a_case(visit: Visit, place: Place, language: str, text: str) -> None:
    desk = await visit()
    await enter_as_account(desk, "desk")
    case = await failed_case(place)
    await reads(desk, language, text)
    size = {"target": 60, "text": 22} if text == "large" else {"target": 44, "text": 18}
    for width in (360, 390, 1280):
        await desk.set_viewport_size({"width": width, "height": 800})
        await _fits(desk, ("/desk/trail", f"/desk/trail/{case}"), **size)
        assert await desk.evaluate(OVERLAPS) == [], width


async def _fits(page: Page, paths: tuple[str, ...], *, target: int, text: int) -> None:
    for path in paths:
        await page.goto(path)
        assert await page.evaluate(MEASURE, target) == [], path
        assert await page.evaluate(SIDEWAYS) == 0, path
        assert await page.evaluate(TEXT) >= text, path
        assert await page.evaluate(CONTRAST) == [], path
        assert await page.evaluate(LABELLED) == [], path
        assert await page.evaluate(SAME_IDS) == [], path
        assert await page.evaluate(HEADED) == 1, path
