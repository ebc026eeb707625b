"""One's points: how many, and how each came about."""

from uuid import UUID

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.page_context import Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.service_clients import if_there

pages = Pages()


@pages.get("/my-points", policy="points.read")
async def points(screen: Shown, after: UUID | None = None) -> Response:
    """The balance and its entries, newest first."""
    standing = await if_there(service_clients.standing(screen))
    entries = await if_there(service_clients.entries(screen, after)) if standing else None
    return await screen.show("points.html", standing=standing, entries=entries)
