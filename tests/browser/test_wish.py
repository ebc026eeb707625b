"""Test of a wish in a real browser, from its form to the points."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import fill, press, sign_in_with_code, sign_in_with_password
from tests.support.api_clients import eventually
from tests.support.station import HELPER, NEIGHBOUR, OTHER_HELPER, WISHER

PHONES = {True: (WISHER, HELPER), False: (NEIGHBOUR, OTHER_HELPER)}


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_wish_is_posted_fulfilled_and_rewarded(visit: OpenPage, javascript: bool) -> None:
    wisher, helper, desk, operator = [await visit(javascript=javascript) for _ in range(4)]
    await sign_in_with_password(desk, "desk")
    await sign_in_with_password(operator, "operator")
    title = f"想换客厅的灯泡（{'一' if javascript else '二'}）"
    wisher_phone, helper_phone = PHONES[javascript]

    await _make_wish(wisher, operator, title, wisher_phone)
    await helper.get_by_role("link", name="登录").click()
    await sign_in_with_code(helper, operator, helper_phone)
    await _become_volunteer(helper, desk)
    await _publish(desk, title)
    await _take_and_deliver(helper, title)
    await _confirm(wisher, title)
    await _assert_points_visible(helper, title)
    for page in (wisher, helper):
        await page.goto("/inbox")
        await expect(page.get_by_text(title).first).to_be_visible()


async def _make_wish(page: Page, operator: Page, title: str, phone: str) -> None:
    await page.get_by_role("link", name="许个心愿").click()
    await fill(page, "一句话说说", title)
    await fill(page, "还有什么要让人知道的", "够不着，周末都在家。")
    await press(page, "下一步")
    await expect(page.get_by_role("heading", name="请核对一下")).to_be_visible()
    await press(page, "用手机号继续")
    await sign_in_with_code(page, operator, phone)
    await press(page, "提交心愿")
    await expect(page.get_by_text("您的心愿我们已收到")).to_be_visible()


async def _become_volunteer(helper: Page, desk: Page) -> None:
    await helper.goto("/volunteer")
    await fill(helper, "您会做什么", "修水电、念信")
    await press(helper, "我要报名")
    await expect(helper.get_by_text("等待站里审核")).to_be_visible()
    await desk.goto("/review")
    await press(desk, "通过")
    await expect(desk.get_by_text("志愿者已通过审核")).to_be_visible()
    open_wishes = helper.get_by_role("link", name="看看有哪些心愿待认领")

    async def is_approved() -> bool:
        await helper.goto("/")
        return await open_wishes.count() > 0

    await eventually(is_approved)


async def _publish(desk: Page, title: str) -> None:
    await desk.goto("/review")
    card = desk.locator(".card", has_text=title)
    await card.get_by_role("button", name="通过并发布").click()
    await expect(card).to_have_count(0)


async def _take_and_deliver(helper: Page, title: str) -> None:
    await helper.goto("/wishes?list=open")
    await press(helper, title)
    await expect(helper.get_by_text("501")).to_have_count(0)
    await press(helper, "认领这个心愿")
    await expect(helper.get_by_text("3 栋 2 单元 501 室")).to_be_visible()
    await press(helper, "我完成了")
    await fill(helper, "用您自己的话说", "换好了，也试过了。")
    await fill(helper, "用了多少分钟", "二十")
    await press(helper, "已完成")
    await expect(helper.get_by_role("alert")).to_be_visible()
    await expect(helper.get_by_label("用您自己的话说")).to_have_value("换好了，也试过了。")
    await fill(helper, "用了多少分钟", "25")
    await press(helper, "已完成")
    await expect(helper.get_by_text("谢谢您！")).to_be_visible()


async def _confirm(wisher: Page, title: str) -> None:
    await wisher.goto("/wishes")
    await press(wisher, title)
    await press(wisher, "是的，实现了")
    await fill(wisher, "说句感谢的话", "太谢谢了！")
    await press(wisher, "是的，实现了")
    await expect(wisher.get_by_text("太好了！")).to_be_visible()


async def _assert_points_visible(helper: Page, title: str) -> None:
    async def is_awarded() -> bool:
        await helper.goto("/my-points")
        return await helper.locator(".balance").inner_text() == "20"

    await eventually(is_awarded)
    await expect(helper.locator(".ledger li").first).to_contain_text(title)
