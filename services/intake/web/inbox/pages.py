"""One's inbox."""

from uuid import UUID

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.page_context import Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.labels import page_about
from services.intake.web.service_clients import if_there

pages = Pages()


@pages.get("/messages", policy="inbox.read")
async def inbox(screen: Shown, after: UUID | None = None) -> Response:
    """What one was told, newest first."""
    found = await if_there(service_clients.inbox(screen, after))
    unread = await if_there(service_clients.unread(screen)) if found else 0
    return await screen.show("inbox.html", found=found, unread=unread)


@pages.post("/messages/read", policy="inbox.read", once=False)
async def read_all(screen: Shown) -> Response:
    """Everything is read; again changes nothing."""
    await service_clients.ask(screen, "POST", "/inbox/read-all", {})
    return screen.go("/messages")


@pages.post("/messages/{line_id}/read", policy="inbox.read", once=False)
async def read(screen: Shown, line_id: UUID) -> Response:
    """One line is read, and what it is about is shown where there is a page for it."""
    line = service_clients.Line.model_validate(
        await service_clients.ask(screen, "POST", f"/inbox/{line_id}/read", {})
    )
    return screen.go(page_about(line.subject) or "/messages")
