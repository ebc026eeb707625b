"""One's points: how many, and how each came about."""

from uuid import UUID

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.service_clients import or_none_if_unavailable

pages = PageRouter()


@pages.get("/my-points", policy="points.read")
async def points(page: CurrentPage, after: UUID | None = None) -> Response:
    """The balance and its entries, newest first."""
    standing = await or_none_if_unavailable(service_clients.fetch_balance(page))
    entries = (
        await or_none_if_unavailable(service_clients.fetch_entries(page, after))
        if standing
        else None
    )
    return await page.show("points.html", points_balance=standing, entries=entries)
