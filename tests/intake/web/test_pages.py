"""Tests of what all pages share: header, language, text size, errors, access."""

import httpx
import pytest

from services.intake.gateway.upstreams import UPSTREAMS
from tests.support.page_client import PageClient
from tests.support.station import STATION_PHONE, StationFixture

PUBLIC_PATHS = ("/", "/sign-in", "/sign-in/slip", "/sign-in/password", "/wishes/new", "/nowhere")


@pytest.mark.parametrize("path", PUBLIC_PATHS)
async def test_public_page_shows_phone_and_demo_notice(anonymous: PageClient, path: str) -> None:
    page = await anonymous.get(path)
    assert page.text.count(f'class="button call" href="tel:{STATION_PHONE}"') == 1
    assert "演示数据" in page.text
    assert '<html lang="zh-Hans"' in page.text


async def test_browser_language_applies_until_reader_chooses(anonymous: PageClient) -> None:
    page = await anonymous.get("/", **{"accept-language": "en"})
    assert "Hello, neighbour" in page.text
    assert '<html lang="en"' in page.text
    page = await anonymous.submit("/language", language="zh", back="/sign-in")
    assert page.url.path == "/sign-in"
    assert "邻居，您好" in (await anonymous.get("/", **{"accept-language": "en"})).text


async def test_large_text_persists_until_switched_off(anonymous: PageClient) -> None:
    await anonymous.submit("/text-size", text="large", back="/")
    assert 'class="large"' in (await anonymous.get("/sign-in")).text
    await anonymous.submit("/text-size", text="normal", back="/")
    assert 'class="large"' not in (await anonymous.get("/sign-in")).text


async def test_protected_page_redirects_to_sign_in_and_back(anonymous: PageClient) -> None:
    page = await anonymous.get("/my-points")
    assert page.url.path == "/sign-in"
    assert 'name="then" value="/my-points"' in page.text


@pytest.mark.parametrize("path", ["/wishes/%00", "/wishes/not-an-id", "/wishes/" + "0" * 300])
async def test_invalid_path_responds_404(wisher: PageClient, path: str) -> None:
    page = await wisher.get(path)
    assert page.status_code == 404
    assert "这里没有内容" in page.text


async def test_invalid_form_shows_errors_and_input_stays(anonymous: PageClient) -> None:
    page = await anonymous.submit("/wishes/new", title="灯", details="客厅的灯不亮了")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "内容太短" in page.text
    assert 'value="灯"' in page.text
    assert "客厅的灯不亮了" in page.text


async def test_unprintable_characters_are_refused(anonymous: PageClient) -> None:
    page = await anonymous.submit("/wishes/new", title="灯\x00泡", details="")
    assert page.status_code == 422


async def test_staff_cannot_open_operator_pages(desk: PageClient) -> None:
    assert "/outgoing" not in (await desk.get("/")).text
    assert (await desk.get("/outgoing")).status_code == 403


async def test_residents_cannot_open_staff_pages(wisher: PageClient) -> None:
    for path in ("/review", "/desk"):
        page = await wisher.get(path)
        assert page.status_code == 403
        assert "您不能办理这一项" in page.text


async def test_page_shows_that_a_service_is_unavailable(
    wisher: PageClient, demo_station: StationFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    upstreams = UPSTREAMS.get(demo_station.system.intake.app.state)
    clients = {name: _unreachable_client() for name in upstreams._clients}
    monkeypatch.setattr(upstreams, "_clients", clients)
    for path in ("/my-points", "/inbox", "/volunteer"):
        page = await wisher.get(path)
        assert page.status_code == 200
        assert "这部分服务暂时休息" in page.text
    assert (await wisher.get("/")).status_code == 200


def _unreachable_client() -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds="/nowhere/linli.sock")
    return httpx.AsyncClient(base_url="http://service", transport=transport)
