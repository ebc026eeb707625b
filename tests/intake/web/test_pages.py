"""Pages show what they must, in both languages, and say in words what is wrong."""

import httpx
import pytest

from tests.intake.web.page_client import Visitor
from tests.support.station import PHONE, Place

PUBLIC = ("/", "/sign-in", "/sign-in/slip", "/sign-in/password", "/wishes/new", "/nowhere")


@pytest.mark.parametrize("path", PUBLIC)
async def test_every_page_has_the_phone_and_says_that_it_is_a_demo(
    anybody: Visitor, path: str
) -> None:
    page = await anybody.see(path)
    assert page.text.count(f'class="call" href="tel:{PHONE}"') == 1
    assert "演示数据" in page.text
    assert '<html lang="zh-Hans"' in page.text


async def test_the_browser_chooses_the_language_until_somebody_does(anybody: Visitor) -> None:
    page = await anybody.see("/", **{"accept-language": "en"})
    assert "Hello, neighbour" in page.text
    assert '<html lang="en"' in page.text
    page = await anybody.send("/language", language="zh", back="/sign-in")
    assert page.url.path == "/sign-in"
    assert "邻居，您好" in (await anybody.see("/", **{"accept-language": "en"})).text


async def test_large_text_stays_switched_on(anybody: Visitor) -> None:
    await anybody.send("/text-size", text="large", back="/")
    assert 'class="large"' in (await anybody.see("/sign-in")).text
    await anybody.send("/text-size", text="normal", back="/")
    assert 'class="large"' not in (await anybody.see("/sign-in")).text


async def test_a_page_for_others_leads_to_signing_in_and_back(anybody: Visitor) -> None:
    page = await anybody.see("/my-points")
    assert page.url.path == "/sign-in"
    assert 'name="then" value="/my-points"' in page.text


@pytest.mark.parametrize("path", ["/wishes/%00", "/wishes/not-an-id", "/wishes/" + "0" * 300])
async def test_an_odd_address_has_nothing(wisher: Visitor, path: str) -> None:
    page = await wisher.see(path)
    assert page.status_code == 404
    assert "这里没有内容" in page.text


async def test_what_was_typed_stays_beside_what_is_wrong(anybody: Visitor) -> None:
    page = await anybody.send("/wishes/new", title="灯", details="客厅的灯不亮了")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "内容太短" in page.text
    assert 'value="灯"' in page.text
    assert "客厅的灯不亮了" in page.text


async def test_characters_that_cannot_be_shown_are_no_fault_of_ours(anybody: Visitor) -> None:
    page = await anybody.send("/wishes/new", title="灯\x00泡", details="")
    assert page.status_code == 422


async def test_staff_have_no_pages_of_operators(desk: Visitor) -> None:
    assert "/outgoing" not in (await desk.see("/")).text
    assert (await desk.see("/outgoing")).status_code == 403


async def test_residents_have_no_pages_of_the_staff(wisher: Visitor) -> None:
    for path in ("/review", "/desk"):
        page = await wisher.see(path)
        assert page.status_code == 403
        assert "您不能办理这一项" in page.text


async def test_when_points_rest_the_page_says_so(
    wisher: Visitor, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbours = place.house.intake.app.state.neighbours
    dead = {name: _nowhere() for name in neighbours._clients}
    monkeypatch.setattr(neighbours, "_clients", dead)
    for path in ("/my-points", "/messages", "/volunteer"):
        page = await wisher.see(path)
        assert page.status_code == 200
        assert "这部分服务暂时休息" in page.text
    assert (await wisher.see("/")).status_code == 200


def _nowhere() -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds="/nowhere/linli.sock")
    return httpx.AsyncClient(base_url="http://service", transport=transport)
