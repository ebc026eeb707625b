"""One's inbox."""

from uuid import UUID

from fastapi import Response

from services.intake.web import elsewhere
from services.intake.web.elsewhere import if_there
from services.intake.web.pages import Pages
from services.intake.web.screen import Shown
from services.intake.web.words import page_about

pages = Pages()


@pages.get("/messages", policy="inbox.read")
async def inbox(screen: Shown, after: UUID | None = None) -> Response:
    """What one was told, newest first."""
    found = await if_there(elsewhere.inbox(screen, after))
    unread = await if_there(elsewhere.unread(screen)) if found else 0
    return await screen.show("inbox.html", found=found, unread=unread)


@pages.post("/messages/read", policy="inbox.read", once=False)
async def read_all(screen: Shown) -> Response:
    """Everything is read; again changes nothing."""
    await elsewhere.ask(screen, "POST", "/inbox/read-all", {})
    return screen.go("/messages")


@pages.post("/messages/{line_id}/read", policy="inbox.read", once=False)
async def read(screen: Shown, line_id: UUID) -> Response:
    """One line is read, and what it is about is shown where there is a page for it."""
    line = elsewhere.Line.model_validate(
        await elsewhere.ask(screen, "POST", f"/inbox/{line_id}/read", {})
    )
    return screen.go(page_about(line.subject) or "/messages")
