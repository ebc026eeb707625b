"""Tests of sign-in by code and by password, and of sign-out."""

import asyncio
import re
from uuid import uuid4

from tests.support.api_clients import eventually
from tests.support.full_width import full_width
from tests.support.page_client import PageClient
from tests.support.station import PASSWORD, WISHER, StationFixture


async def test_code_signs_in_and_redirects_back(
    demo_station: StationFixture, anonymous: PageClient
) -> None:
    page = await anonymous.submit("/sign-in", phone=WISHER, then="/my-points")
    assert page.url.path == "/sign-in/code"
    assert WISHER not in page.text
    code = await _read_code(demo_station)
    typed = full_width(f" {code[:3]} {code[3:]} ")
    page = await anonymous.submit("/sign-in/code", code=typed)
    assert page.url.path == "/my-points"


async def test_wrong_code_shows_an_error(anonymous: PageClient) -> None:
    await anonymous.submit("/sign-in", phone="19900000002")
    page = await anonymous.submit("/sign-in/code", code="12")
    assert page.status_code == 422
    assert "没有成功" in page.text


async def test_unknown_phone_is_not_revealed(anonymous: PageClient) -> None:
    page = await anonymous.submit("/sign-in", phone="19900008888")
    assert page.url.path == "/sign-in/code"


async def test_concurrent_second_submission_of_password_gets_the_same_session(
    anonymous: PageClient,
) -> None:
    form = {"username": "desk", "password": PASSWORD, "once": uuid4().hex}
    first, second = await asyncio.gather(
        *(anonymous.client.post("/sign-in/password", data=form) for _ in range(2))
    )
    assert first.status_code == second.status_code == 303
    assert first.headers["set-cookie"] == second.headers["set-cookie"]


async def test_wrong_password_is_not_in_the_response(anonymous: PageClient) -> None:
    page = await anonymous.submit(
        "/sign-in/password", username="desk", password="guess-of-somebody"
    )
    assert page.status_code == 422
    assert 'value="desk"' in page.text
    assert "guess-of-somebody" not in page.text


async def test_sign_out_ends_the_session(desk: PageClient) -> None:
    assert (await desk.get("/review")).status_code == 200
    await desk.submit("/sign-out")
    assert (await desk.get("/review")).url.path == "/sign-in"


async def _read_code(demo_station: StationFixture) -> str:
    async with demo_station.system.client() as client:
        operator = PageClient(client)
        await operator.submit("/sign-in/password", username="operator", password=PASSWORD)

        async def find_code() -> str | None:
            page = await operator.get("/outgoing")
            match = re.search(r'class="words">\D*(\d{6})\b', page.text)
            return match.group(1) if match else None

        code: str = await eventually(find_code)
        return code
