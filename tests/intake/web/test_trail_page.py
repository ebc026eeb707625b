"""Tests of the trail page: the diagram and the list of a case, for staff and operators."""

import html
import re
from uuid import UUID, uuid4

import pytest

from services.intake.gateway.timeline import Step, Timeline, build_timeline
from services.intake.web.trail.diagram import LANES, build_diagram
from services.intake.web.trail.pages import split_duration
from tests.intake.gateway.test_timeline import (
    make_handled_message,
    make_sent_message,
    make_service_report,
)
from tests.support.api_clients import eventually
from tests.support.failed_wish import ERROR, create_failed_wish
from tests.support.page_client import PageClient
from tests.support.station import PASSWORD, StationFixture


@pytest.fixture(scope="module")
async def correlation_id(demo_station: StationFixture) -> UUID:
    """Return the correlation id of a case with a failed message."""
    return await create_failed_wish(demo_station)


@pytest.fixture
async def operator(anonymous: PageClient) -> PageClient:
    """Return a visitor signed in as operator."""
    await anonymous.submit("/sign-in/password", username="operator", password=PASSWORD)
    return anonymous


def page_text(page: str) -> str:
    """Return the text of the page without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_staff_see_the_case_as_diagram_and_as_list(
    desk: PageClient, correlation_id: UUID
) -> None:
    text = (await desk.get(f"/desk/trail/{correlation_id}")).text
    svg = text[text.index("<svg viewBox") : text.index("</figure>")]
    assert "style=" not in text
    assert svg.count('class="lane"') == len(LANES)
    diagram_text = page_text(svg)
    for label in ("HTTP", "WishPosted", "✕ WishFulfilled", "✉ 收件箱"):
        assert label in diagram_text
    list_text = page_text(text[text.index('<ol class="timeline">') :])
    for label in ("收到一个请求", "发出 WishPosted", "WishFulfilled 处理失败", ERROR, "试了 12 次"):
        assert label in list_text
    assert "演示·1" in list_text
    assert "失败 2 处" in page_text(text)


async def test_trail_is_translated_to_english(desk: PageClient, correlation_id: UUID) -> None:
    await desk.client.post("/language", data={"language": "en", "back": "/"})
    text = page_text((await desk.get(f"/desk/trail/{correlation_id}")).text)
    for label in ("A request comes in", "Volunteers: WishFulfilled fails", "failed for good"):
        assert label in text
    await desk.client.post("/language", data={"language": "zh", "back": "/"})


async def test_operators_see_the_trail_without_names(
    operator: PageClient, correlation_id: UUID
) -> None:
    page = (await operator.get(f"/desk/trail/{correlation_id}")).text
    assert ERROR in html.unescape(page)
    assert "演示·1" not in page
    assert "/desk/residents/" not in page


async def test_trail_is_forbidden_to_residents_and_asks_anonymous_readers_to_sign_in(
    wisher: PageClient, correlation_id: UUID
) -> None:
    assert (await wisher.get(f"/desk/trail/{correlation_id}")).status_code == 403
    assert "/desk/trail" not in (await wisher.get("/my-points")).text
    wisher.client.cookies.clear()
    assert (await wisher.get(f"/desk/trail/{correlation_id}")).url.path == "/sign-in"


async def test_search_opens_a_case_by_its_number(desk: PageClient, correlation_id: UUID) -> None:
    assert 'href="/desk/trail"' in (await desk.get("/")).text
    trail = await desk.submit("/desk/trail", case=f" {correlation_id} ")
    assert trail.url.path == f"/desk/trail/{correlation_id}"
    wrong = await desk.submit("/desk/trail", case="4711")
    assert wrong.status_code == 422
    assert 'value="4711"' in wrong.text
    unknown = await desk.get(f"/desk/trail/{uuid4()}")
    assert unknown.status_code == 404
    assert "查不到这件事的经过" in unknown.text


async def test_wish_history_links_to_the_trail(desk: PageClient, wisher: PageClient) -> None:
    path = await wisher.create_wish("想学用手机挂号")
    assert "/desk/trail" not in (await wisher.get(path)).text
    link = re.search(r'href="(/desk/trail/[0-9a-f-]+)"', (await desk.get(path)).text)
    assert link is not None
    page = await desk.get(link[1])
    assert page.status_code == 200
    assert f'href="{path}"' in page.text


async def test_text_message_links_to_the_trail(
    operator: PageClient, desk: PageClient, demo_station: StationFixture
) -> None:
    async with demo_station.system.client() as client:
        await client.post("/sign-in", data={"phone": "19900000001"})

    async def find_trail_link() -> str | None:
        page = (await operator.get("/outgoing")).text
        link = re.search(r'href="(/desk/trail/[0-9a-f-]+)"', page)
        return link[1] if link else None

    page = (await desk.get(await eventually(find_trail_link))).text
    assert "SignInCodeIssued" in page


async def test_error_page_shows_the_correlation_id(
    desk: PageClient, correlation_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Timeline) -> None:
        raise RuntimeError("unexpected")

    monkeypatch.setattr("services.intake.web.trail.pages.build_diagram", fail)
    page = await desk.get(f"/desk/trail/{correlation_id}")
    assert page.status_code == 500
    assert page.headers["X-Correlation-Id"] in page.text
    missing = await desk.get("/nowhere")
    assert missing.headers["X-Correlation-Id"] not in missing.text


def make_timeline(*steps: Step) -> Timeline:
    """Return a timeline of these steps."""
    return Timeline(correlation_id=uuid4(), steps=list(steps), unavailable=[], cut=False)


def test_diagram_merges_similar_rows_and_separates_failures() -> None:
    sent_messages = [make_sent_message(f"m{number}", number) for number in range(4)]
    handled_messages = [
        make_handled_message(message.id, 50, "done" if number < 2 else "parked")
        for number, message in enumerate(sent_messages)
    ]
    steps = build_timeline(
        uuid4(),
        {
            "intake": make_service_report(*sent_messages),
            "notify": make_service_report(handled_messages=handled_messages),
        },
        [],
    ).steps
    similar = [step.model_copy(update={"what": "linli.m.v1"}) for step in steps]
    rows = build_diagram(make_timeline(*similar)).diagram_rows
    assert [(row.step.kind, row.step.state, row.count) for row in rows] == [
        ("request", "done", 1),
        ("handling", "done", 2),
        ("handling", "parked", 1),
        ("handling", "parked", 1),
    ]
    assert [row.y for row in rows] == sorted({row.y for row in rows})
    assert (rows[1].start, rows[1].x) == (LANES["intake"], LANES["notify"])


def test_unhandled_message_has_a_row_of_its_own() -> None:
    steps = build_timeline(
        uuid4(), {"intake": make_service_report(make_sent_message("alone", 0))}, []
    ).steps
    assert [row.step.kind for row in build_diagram(make_timeline(*steps)).diagram_rows] == [
        "request",
        "message",
    ]


@pytest.mark.parametrize(
    ("ms", "duration"),
    [
        (0, ("0", "ms")),
        (999, ("999", "ms")),
        (1_250, ("1.2", "s")),
        (59_000, ("59", "s")),
        (90_000, ("1.5", "min")),
        (7_200_000, ("2.0", "h")),
        (900_000_000, ("10", "d")),
    ],
)
def test_duration_is_split_into_number_and_largest_unit(ms: int, duration: tuple[str, str]) -> None:
    assert split_duration(ms) == duration
