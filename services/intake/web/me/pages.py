"""The tab "Me": points, volunteering, language, size of text, station, sign-out."""

from fastapi import Response

from services.intake.stations import queries as stations
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter

pages = PageRouter()


@pages.get("/me", policy="public")
async def show_me(page: CurrentPage) -> Response:
    """Show what belongs to the reader; to an anonymous one, sign-in and the device's settings."""
    has_choice = page.actor is None and len(await stations.all_stations(page.tx)) > 1
    return await page.show("me.html", has_choice_of_stations=has_choice)
