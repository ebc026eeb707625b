"""Pages show what they must, in both languages, and say in words what is wrong."""

import httpx
import pytest

from tests.intake.web.page_client import PageClient
from tests.support.station import STATION_PHONE, StationFixture

PUBLIC_PATHS = ("/", "/sign-in", "/sign-in/slip", "/sign-in/password", "/wishes/new", "/nowhere")


@pytest.mark.parametrize("path", PUBLIC_PATHS)
async def test_every_page_has_the_phone_and_says_that_it_is_a_demo(
    anonymous: PageClient, path: str
) -> None:
    page = await anonymous.get(path)
    assert page.text.count(f'class="call" href="tel:{STATION_PHONE}"') == 1
    assert "演示数据" in page.text
    assert '<html lang="zh-Hans"' in page.text


async def test_the_browser_chooses_the_language_until_somebody_does(anonymous: PageClient) -> None:
    page = await anonymous.get("/", **{"accept-language": "en"})
    assert "Hello, neighbour" in page.text
    assert '<html lang="en"' in page.text
    page = await anonymous.submit("/language", language="zh", back="/sign-in")
    assert page.url.path == "/sign-in"
    assert "邻居，您好" in (await anonymous.get("/", **{"accept-language": "en"})).text


async def test_large_text_stays_switched_on(anonymous: PageClient) -> None:
    await anonymous.submit("/text-size", text="large", back="/")
    assert 'class="large"' in (await anonymous.get("/sign-in")).text
    await anonymous.submit("/text-size", text="normal", back="/")
    assert 'class="large"' not in (await anonymous.get("/sign-in")).text


async def test_a_page_for_others_leads_to_signing_in_and_back(anonymous: PageClient) -> None:
    page = await anonymous.get("/my-points")
    assert page.url.path == "/sign-in"
    assert 'name="then" value="/my-points"' in page.text


@pytest.mark.parametrize("path", ["/wishes/%00", "/wishes/not-an-id", "/wishes/" + "0" * 300])
async def test_an_odd_address_has_nothing(wisher: PageClient, path: str) -> None:
    page = await wisher.get(path)
    assert page.status_code == 404
    assert "这里没有内容" in page.text


async def test_what_was_typed_stays_beside_what_is_wrong(anonymous: PageClient) -> None:
    page = await anonymous.submit("/wishes/new", title="灯", details="客厅的灯不亮了")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "内容太短" in page.text
    assert 'value="灯"' in page.text
    assert "客厅的灯不亮了" in page.text


async def test_characters_that_cannot_be_shown_are_no_fault_of_ours(anonymous: PageClient) -> None:
    page = await anonymous.submit("/wishes/new", title="灯\x00泡", details="")
    assert page.status_code == 422


async def test_staff_have_no_pages_of_operators(desk: PageClient) -> None:
    assert "/outgoing" not in (await desk.get("/")).text
    assert (await desk.get("/outgoing")).status_code == 403


async def test_residents_have_no_pages_of_the_staff(wisher: PageClient) -> None:
    for path in ("/review", "/desk"):
        page = await wisher.get(path)
        assert page.status_code == 403
        assert "您不能办理这一项" in page.text


async def test_when_points_rest_the_page_says_so(
    wisher: PageClient, demo_station: StationFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbours = demo_station.system.intake.app.state.upstreams
    dead = {name: _unreachable_client() for name in neighbours._clients}
    monkeypatch.setattr(neighbours, "_clients", dead)
    for path in ("/my-points", "/messages", "/volunteer"):
        page = await wisher.get(path)
        assert page.status_code == 200
        assert "这部分服务暂时休息" in page.text
    assert (await wisher.get("/")).status_code == 200


def _unreachable_client() -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds="/nowhere/linli.sock")
    return httpx.AsyncClient(base_url="http://service", transport=transport)
