"""What people do on pages, by the words that they read there."""

import re

from playwright.async_api import Page, expect

from tests.support.cast import eventually
from tests.support.place import PASSWORD


async def press(page: Page, words: str) -> None:
    """Press the button, or follow the link, that says this below the menu."""
    main = page.get_by_role("main")
    button = main.get_by_role("button", name=words, exact=True)
    link = main.get_by_role("link", name=words, exact=True)
    await button.or_(link).first.click()


async def fill(page: Page, label: str, text: str) -> None:
    """Fill in the field of that label."""
    await page.get_by_label(label).fill(text)


async def enter_as_account(page: Page, username: str) -> None:
    """Sign in as staff or operator."""
    await page.goto("/sign-in/password")
    await fill(page, "用户名", username)
    await fill(page, "密码", PASSWORD)
    await press(page, "登录")
    await expect(page.get_by_role("button", name="退出登录")).to_be_visible()


async def enter_by_code(page: Page, operator: Page, phone: str) -> None:
    """Sign in by phone, with the code that an operator reads from the screen."""
    await fill(page, "您的手机号", phone)
    await press(page, "发送验证码")
    await expect(page).to_have_url(re.compile("/sign-in/code"))
    await fill(page, "六位验证码", await _code(operator, phone))
    await press(page, "登录")
    await expect(page.get_by_role("button", name="退出登录")).to_be_visible()


async def _code(operator: Page, phone: str) -> str:
    """The newest code for that phone, once it is shown instead of being sent."""
    shown = operator.locator(".card", has_text=f"{phone[:3]}****{phone[-4:]}").first

    async def code() -> str | None:
        await operator.goto("/outgoing")
        text = await shown.inner_text() if await shown.count() else ""
        found = re.search(r"(?<![\d*])\d{6}(?!\d)", text)
        return found.group() if found else None

    found: str = await eventually(code)
    return found
