"""The actor's points: the balance and its entries."""

from uuid import UUID

from fastapi import Response

from services.intake.web.clients import volunteers
from services.intake.web.clients.base import or_none_if_unavailable
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter

pages = PageRouter()


@pages.get("/my-points", policy="points.read")
async def show_points(page: CurrentPage, after: UUID | None = None) -> Response:
    """Show the balance and its entries, newest first."""
    balance = await or_none_if_unavailable(volunteers.fetch_balance(page))
    entries = (
        await or_none_if_unavailable(volunteers.fetch_entries(page, after)) if balance else None
    )
    return await page.show("points.html", points_balance=balance, entries=entries)
