"""One's points: how many, and how each came about."""

from uuid import UUID

from fastapi import Response

from services.intake.web import elsewhere
from services.intake.web.elsewhere import if_there
from services.intake.web.pages import Pages
from services.intake.web.screen import Shown

pages = Pages()


@pages.get("/my-points", policy="points.read")
async def points(screen: Shown, after: UUID | None = None) -> Response:
    """The balance and its entries, newest first."""
    standing = await if_there(elsewhere.standing(screen))
    entries = await if_there(elsewhere.entries(screen, after)) if standing else None
    return await screen.show("points.html", standing=standing, entries=entries)
