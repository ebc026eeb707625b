"""Tests of the pages of a wish: create, review, access, deliver and confirm."""

import asyncio
import re
from uuid import uuid4

from tests.support.page_client import PageClient
from tests.support.station import StationFixture

HOME = "3 栋 2 单元 501 室"


async def test_wish_draft_needs_no_sign_in(anonymous: PageClient) -> None:
    page = await anonymous.submit("/wishes/new", title="想换个灯泡", details="够不着")
    assert page.url.path == "/wishes/new/check"
    assert "想换个灯泡" in page.text
    assert "/sign-in?then=/wishes/new/check" in page.text
    assert 'value="想换个灯泡"' in (await anonymous.get("/wishes/new")).text


async def test_posted_page_shows_number_next_steps_and_notices(wisher: PageClient) -> None:
    path = await wisher.create_wish("想有人念信")
    page = await wisher.get(f"{path}/done")
    assert re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", page.text)
    assert "接下来会怎样" in page.text
    assert "怎么通知您" in page.text


async def test_concurrent_second_submission_posts_no_second_wish(wisher: PageClient) -> None:
    await wisher.submit("/wishes/new", title="想学手机拍照", details="")
    once = uuid4().hex

    async def submit() -> str:
        response = await wisher.client.post("/wishes/new/check", data={"once": once})
        return response.headers["location"]

    first, second = await asyncio.gather(submit(), submit())
    assert first == second
    assert (await wisher.get("/wishes")).text.count("想学手机拍照") == 1


async def test_staff_publish_a_wish_and_decline_another_with_a_reason(
    wisher: PageClient, desk: PageClient
) -> None:
    accepted, declined = (
        await wisher.create_wish("想换门锁"),
        await wisher.create_wish("想要一辆车"),
    )
    page = await desk.submit(f"{accepted}/approve", back="/review")
    assert page.url.path == "/review"
    page = await desk.submit(f"{declined}/decline")
    assert page.status_code == 422
    await desk.submit(f"{declined}/decline", text="超出微心愿的范围")
    page = await wisher.get(declined)
    assert "未通过" in page.text
    assert "超出微心愿的范围" in page.text


async def test_reader_who_is_not_taker_sees_no_name_and_no_home(
    wisher: PageClient, neighbour: PageClient, desk: PageClient
) -> None:
    path = await wisher.create_wish("想修水龙头")
    assert (await neighbour.get(path)).status_code == 404
    await desk.submit(f"{path}/approve")
    page = await neighbour.get(path)
    assert "想修水龙头" in page.text
    assert HOME not in page.text
    assert "演示·1" not in page.text
    assert f"{path}/claim" not in page.text
    assert (await neighbour.submit(f"{path}/claim")).status_code == 403


async def test_staff_post_on_behalf_but_cannot_confirm_their_own_delivery(
    demo_station: StationFixture, desk: PageClient
) -> None:
    page = await desk.submit("/desk/by-home", building="3", unit="2", number="501")
    resident = demo_station.people["19900000003"]
    assert f"/desk/residents/{resident}" in page.text
    page = await desk.submit(f"/desk/residents/{resident}/wish", title="想去医院有人陪")
    path = page.url.path.removesuffix("/done")
    page = await desk.get(path)
    assert "代居民办理" in page.text
    await desk.submit(f"{path}/approve")
    page = await desk.submit(f"{path}/claim")
    assert HOME in page.text
    page = await desk.submit(f"{path}/deliver", text="陪去了", minutes="90")
    assert "谢谢您" in page.text
    page = await desk.submit(f"{path}/confirm", behalf="true")
    assert page.status_code == 409
    assert "不能确认自己完成的心愿" in page.text


async def test_withdrawal_has_a_confirmation_page(wisher: PageClient) -> None:
    path = await wisher.create_wish("想找人下棋")
    page = await wisher.get(f"{path}/withdraw")
    assert "不能恢复" in page.text
    page = await wisher.submit(f"{path}/withdraw")
    assert "已撤回" in page.text


async def test_search_by_unknown_or_invalid_phone_finds_nobody(desk: PageClient) -> None:
    page = await desk.submit("/desk/by-phone", phone="19900009999")
    assert "登记册里没有找到" in page.text
    page = await desk.submit("/desk/by-phone", phone="123")
    assert page.status_code == 422
    assert "这不是有效的手机号" in page.text
