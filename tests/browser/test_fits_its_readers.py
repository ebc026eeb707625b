"""Pages fit a small phone, and readers who see and tap less well."""

from playwright.async_api import Page

from tests.browser.conftest import Visit
from tests.browser.deeds import enter_as_account

PUBLIC = (
    "/",
    "/events",
    "/sign-in",
    "/sign-in/slip",
    "/sign-in/password",
    "/wishes/new",
    "/nowhere",
)
STAFF = ("/", "/review", "/desk", "/wishes", "/events", "/events/new", "/messages")
MEASURE = """minimum => [...document.querySelectorAll(
    'button, input:not([type=hidden]), textarea, a[role=button], nav a, header a, .tile, .card h3 a'
)].filter(e => e.offsetHeight && !e.closest('.skip')).filter(e => e.offsetHeight < minimum)
  .map(e => `${e.outerHTML.slice(0, 90)} is ${e.offsetHeight}px high`)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
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


async def _fits(page: Page, paths: tuple[str, ...], *, target: int, text: int) -> None:
    for path in paths:
        await page.goto(path)
        assert await page.evaluate(MEASURE, target) == [], path
        assert await page.evaluate(SIDEWAYS) == 0, path
        assert await page.evaluate(TEXT) >= text, path
        assert await page.evaluate(CONTRAST) == [], path
