"""A refused form says so first: in the title, and where the focus is."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.steps import fill, press, sign_in_with_password


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
async def test_focus_goes_to_the_summary_of_errors(visit: OpenPage, javascript: bool) -> None:
    page = await visit(javascript=javascript)
    await page.goto("/wishes/new")
    await fill(page, "还有什么要让人知道的", "够不着")
    await press(page, "下一步")
    await expect(page).to_have_title(re.compile("^错误："))
    summary = page.get_by_role("alert")
    await expect(summary).to_be_focused()
    await expect(page.get_by_label("还有什么要让人知道的")).to_have_value("够不着")
    await summary.get_by_role("link").click()
    await expect(page.get_by_label("一句话说说")).to_be_focused()


async def test_refused_search_at_the_desk_says_so_first(visit: OpenPage) -> None:
    desk = await visit()
    await sign_in_with_password(desk, "desk")
    await desk.goto("/desk")
    await fill(desk, "手机号", "12")
    await desk.get_by_role("main").get_by_role("button", name="查找").first.click()
    await expect(desk).to_have_title(re.compile("^错误："))
    await expect(desk.get_by_role("alert")).to_be_focused()
