"""Test of an event in a real browser, from its creation to the points."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from shared import clock
from tests.browser.conftest import OpenPage
from tests.browser.steps import fill, press, sign_in_with_code, sign_in_with_password
from tests.support.api_clients import eventually
from tests.support.station import NEIGHBOUR, WISHER

PHONES = {True: WISHER, False: NEIGHBOUR}


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_event_is_created_joined_attended_and_rewarded(
    visit: OpenPage, javascript: bool
) -> None:
    desk, operator, guest = [await visit(javascript=javascript) for _ in range(3)]
    await sign_in_with_password(desk, "desk")
    await sign_in_with_password(operator, "operator")
    title = f"楼道大扫除（{'一' if javascript else '二'}）"

    await _plan_event(desk, title)
    await _join(guest, operator, title, PHONES[javascript])
    await _submit_code(desk, await _read_check_in_code(guest, "签到时请出示"), "已签到")
    await _submit_code(desk, await _read_check_in_code(guest, "离开时请出示"), "已签退")
    await _assert_points_visible(guest, title)


async def _plan_event(desk: Page, title: str) -> None:
    starts_at = clock.now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=10)
    await desk.goto("/events")
    await press(desk, "新建活动")
    await fill(desk, "一句话说说", title)
    await fill(desk, "地点", "3 栋楼下")
    await fill(desk, "开始时间", f"{starts_at:%Y-%m-%dT%H:%M}")
    await fill(desk, "结束时间", f"{starts_at + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    await press(desk, "保存")
    await expect(desk.get_by_role("alert")).to_contain_text("至少要有一个名额")
    await fill(desk, "参加的名额", "10")
    await press(desk, "保存")
    await press(desk, "发布活动")
    await expect(desk.get_by_text("活动已发布")).to_be_visible()
    await press(desk, "签到台")


async def _join(guest: Page, operator: Page, title: str, phone: str) -> None:
    await press(guest, "参加活动 小区里的活动")
    await press(guest, title)
    await press(guest, "我要参加")
    await sign_in_with_code(guest, operator, phone)
    await press(guest, "我要参加")
    await expect(guest.get_by_text("给您留好了位置")).to_be_visible()


async def _read_check_in_code(guest: Page, expected_text: str) -> str:
    await guest.goto("/events?list=mine")
    await guest.locator(".card h3 a").first.click()
    await press(guest, "我的签到码")
    await expect(guest.get_by_text(expected_text)).to_be_visible()
    await expect(guest.locator(".qr svg")).to_be_visible()
    return await guest.locator(".readable-code").inner_text()


async def _submit_code(desk: Page, code: str, expected_text: str) -> None:
    await fill(desk, "六位签到码", code)
    await press(desk, "签到或签退")
    await expect(desk.get_by_role("status")).to_contain_text(expected_text)


async def _assert_points_visible(guest: Page, title: str) -> None:
    async def is_awarded() -> bool:
        await guest.goto("/my-points")
        return await guest.locator(".balance").inner_text() == "5"

    await eventually(is_awarded)
    await expect(guest.locator(".ledger li").first).to_contain_text(title)
    await guest.goto("/inbox")
    await expect(guest.get_by_text(title).first).to_be_visible()
