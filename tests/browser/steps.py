"""Steps that people take on pages, by the labels that they read there."""

import re
from datetime import timedelta
from urllib.parse import urljoin, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from shared import clock
from tests.support.api_clients import eventually
from tests.support.station import PASSWORD


async def set_display_settings(page: Page, language: str, text: str) -> None:
    """Set language and text size by cookie, since the buttons would change the account."""
    for name, value in {"linli_language": language, "linli_text": text}.items():
        root = urljoin(page.url, "/")
        await page.context.add_cookies([{"name": name, "value": value, "url": root}])


async def press(page: Page, label: str) -> None:
    """Press the button, or follow the link, with this label in the main part of the page."""
    main = page.get_by_role("main")
    button = main.get_by_role("button", name=label, exact=True)
    link = main.get_by_role("link", name=label, exact=True)
    await button.or_(link).first.click()


async def fill(page: Page, label: str, text: str) -> None:
    """Fill in the field of that label."""
    await page.get_by_label(label).fill(text)


async def expect_signed_in(page: Page) -> None:
    """Wait for the inbox in the menu, which only those who are signed in have."""
    await expect(page.get_by_role("navigation").locator('a[href="/inbox"]')).to_be_visible()


async def sign_in_with_password(page: Page, username: str, password: str = PASSWORD) -> None:
    """Sign in as staff, partner or operator."""
    await page.goto("/sign-in/password")
    await fill(page, "用户名", username)
    await fill(page, "密码", password)
    await press(page, "登录")
    await expect_signed_in(page)


async def sign_in_with_code(page: Page, operator: Page, phone: str) -> None:
    """Sign in by phone, with the code that an operator reads from the screen."""
    await fill(page, "您的手机号", phone)
    await press(page, "发送验证码")
    await expect(page).to_have_url(re.compile("/sign-in/code"))
    await fill(page, "六位验证码", await _read_code(operator, phone))
    await press(page, "登录")
    await expect_signed_in(page)


async def sign_in_with_slip(page: Page, desk: Page, resident: UUID) -> None:
    """Sign in with a slip that the desk prints for that resident."""
    await desk.goto(f"/desk/residents/{resident}")
    await press(desk, "打印纸条")
    slip = await desk.locator(".number").inner_text()
    await page.goto("/sign-in/slip")
    await page.locator("[name=slip]").fill(slip)
    await press(page, "登录")
    await expect_signed_in(page)


async def publish_event(desk: Page, title: str) -> str:
    """Publish an event that starts in a few minutes and return its path."""
    starts_at = clock.now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=10)
    await desk.goto("/events/new")
    await fill(desk, "一句话说说", title)
    await fill(desk, "地点", "3 栋楼下")
    await fill(desk, "开始时间", f"{starts_at:%Y-%m-%dT%H:%M}")
    await fill(desk, "结束时间", f"{starts_at + timedelta(hours=1):%Y-%m-%dT%H:%M}")
    await fill(desk, "参加的名额", "10")
    await fill(desk, "帮忙的名额", "2")
    await press(desk, "保存")
    await press(desk, "发布活动")
    await expect(desk.get_by_text("活动已发布")).to_be_visible()
    return urlsplit(desk.url).path


async def _read_code(operator: Page, phone: str) -> str:
    """Return the newest code for `phone` from the log of text messages."""
    card = operator.locator(".card", has_text=f"{phone[:3]}****{phone[-4:]}").first

    async def find_code() -> str | None:
        await operator.goto("/outgoing")
        text = await card.inner_text() if await card.count() else ""
        match = re.search(r"(?<![\d*])\d{6}(?!\d)", text)
        return match.group() if match else None

    code: str = await eventually(find_code)
    return code
