"""Every page that a role can reach holds WCAG 2.2 AA, as far as axe-core sees, and is found."""

import sys
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page

from services.demo.loader import load_demo
from services.demo.people import RESIDENT_NUMBER, VOLUNTEER_NUMBER, phone_of
from services.demo.station import password_of
from services.intake.residents.queries import find_by_phone
from services.intake.stations.queries import all_stations
from tests.browser.conftest import OpenPage
from tests.browser.crawler import reachable_paths
from tests.browser.steps import (
    set_display_settings,
    sign_in_with_password,
    sign_in_with_slip,
)
from tests.cli.invariants import ignore_progress, replica_by_service
from tests.support.station import StationFixture
from tests.support.system import RunningSystem

AXE = Path(sys.prefix) / "axe.min.js"
RUN_AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const {violations} = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 150))}`);
}"""
SIDEWAYS_SCROLL = (
    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
)
PAGE_HEIGHT = "() => document.documentElement.scrollHeight"
HEIGHT_PX = 800
LANGUAGES = ("zh", "en")
LOOKS = ("normal", "large", "dark")
WIDTHS_PX = (320, 360, 768, 1280)
# Every pair of values of two factors is in one of these; the last factor alternates with the sum.
PAIRWISE = [
    (LANGUAGES[(look + width) % 2], LOOKS[look], WIDTHS_PX[width])
    for look, width in product(range(len(LOOKS)), range(len(WIDTHS_PX)))
]
ROLES = ("anonymous", "resident", "volunteer", "partner", "desk", "admin", "operator")
Role = Literal["anonymous", "resident", "volunteer", "partner", "desk", "admin", "operator"]


@pytest.fixture(scope="module")
async def demo_station(running_system: RunningSystem) -> StationFixture:
    """Load the demo estate, which has every kind of object in every state."""
    await load_demo(replica_by_service(running_system), ignore_progress)
    people = {}
    async with running_system.intake.sessions() as tx:
        [station] = await all_stations(tx)
        for name, number in {"resident": RESIDENT_NUMBER, "volunteer": VOLUNTEER_NUMBER}.items():
            resident = await find_by_phone(tx, station.id, phone_of(number))
            assert resident is not None
            people[name] = resident.id
    return StationFixture(running_system, station.id, people)


def test_combinations_cover_every_pair() -> None:
    for first, second in ((0, 1), (0, 2), (1, 2)):
        values = (LANGUAGES, LOOKS, WIDTHS_PX)
        pairs = {(one[first], one[second]) for one in PAIRWISE}
        assert pairs == set(product(values[first], values[second]))


@pytest.mark.parametrize("role", ROLES)
async def test_pages_hold_wcag_and_no_link_is_refused(
    visit: OpenPage, demo_station: StationFixture, role: Role
) -> None:
    page = await visit()
    await _sign_in(page, visit, demo_station, role)
    paths, refused = await reachable_paths(page, with_docs=role == "anonymous")
    assert refused == {}
    await page.context.add_init_script(path=AXE)
    violations: list[Any] = []
    for language, look, width in PAIRWISE:
        await page.emulate_media(color_scheme="dark" if look == "dark" else "light")
        await set_display_settings(page, language, "large" if look == "large" else "normal")
        for path in paths.values():
            await page.set_viewport_size({"width": width, "height": HEIGHT_PX})
            await page.goto(path)
            # The bars stick to the edges of the window and would cover what can be scrolled to.
            height = max(HEIGHT_PX, await page.evaluate(PAGE_HEIGHT))
            await page.set_viewport_size({"width": width, "height": height})
            place = (path, language, look, width)
            violations += [(*place, one) for one in await page.evaluate(RUN_AXE)]
            if await page.evaluate(SIDEWAYS_SCROLL):
                violations.append((*place, "scrolls sideways"))
    assert not violations, "\n".join(map(str, violations))


async def _sign_in(page: Page, visit: OpenPage, station: StationFixture, role: Role) -> None:
    if role in station.people:
        desk = await visit()
        await sign_in_with_password(desk, "desk", password_of("desk"))
        await sign_in_with_slip(page, desk, station.people[role])
    elif role != "anonymous":
        await sign_in_with_password(page, role, password_of(role))
