"""One's inbox."""

from uuid import UUID

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.labels import page_about
from services.intake.web.service_clients import or_none_if_unavailable

pages = PageRouter()


@pages.get("/messages", policy="inbox.read")
async def inbox(page: CurrentPage, after: UUID | None = None) -> Response:
    """What one was told, newest first."""
    found = await or_none_if_unavailable(service_clients.fetch_inbox(page, after))
    unread = await or_none_if_unavailable(service_clients.fetch_unread_count(page)) if found else 0
    return await page.show("inbox.html", inbox=found, unread=unread)


@pages.post("/messages/read", policy="inbox.read", idempotent=False)
async def read_all(page: CurrentPage) -> Response:
    """Everything is read; again changes nothing."""
    await service_clients.call_service(page, "POST", "/inbox/read-all", {})
    return page.redirect("/messages")


@pages.post("/messages/{line_id}/read", policy="inbox.read", idempotent=False)
async def read(page: CurrentPage, line_id: UUID) -> Response:
    """One line is read, and what it is about is shown where there is a page for it."""
    line = service_clients.InboxItem.model_validate(
        await service_clients.call_service(page, "POST", f"/inbox/{line_id}/read", {})
    )
    return page.redirect(page_about(line.subject) or "/messages")
