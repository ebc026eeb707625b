"""The actor's inbox."""

from uuid import UUID

from fastapi import Response

from services.intake.web.clients import notify
from services.intake.web.clients.base import or_none_if_unavailable
from services.intake.web.kit.labels import subject_path
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter

pages = PageRouter()
pages.moved("/messages", "/inbox")
pages.moved("/messages/read", "/inbox/read")
pages.moved("/messages/{item_id}/read", "/inbox/{item_id}/read")


@pages.get("/inbox", policy="inbox.read")
async def show_inbox(page: CurrentPage, after: UUID | None = None) -> Response:
    """Show the inbox, newest first."""
    inbox = await or_none_if_unavailable(notify.fetch_inbox(page, after))
    unread_count = await or_none_if_unavailable(notify.fetch_unread_count(page)) if inbox else 0
    return await page.show("inbox.html", inbox=inbox, unread_count=unread_count)


@pages.post("/inbox/read", policy="inbox.read", idempotent=False)
async def mark_all_read(page: CurrentPage) -> Response:
    """Mark the whole inbox as read."""
    await notify.mark_all_read(page)
    return page.redirect("/inbox")


@pages.post("/inbox/{item_id}/read", policy="inbox.read", idempotent=False)
async def mark_read(page: CurrentPage, item_id: UUID) -> Response:
    """Mark one item as read, and show the page of its subject if there is one."""
    item = await notify.mark_read(page, item_id)
    return page.redirect(subject_path(item.subject) or "/inbox")
