"""The gallery of components: each with its states, in development and tests."""

from datetime import datetime

from fastapi import Response

from services.intake.settings import SETTINGS
from services.intake.web.kit.forms import BoundForm
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter
from services.intake.wishes.schemas import PostWish
from shared.errors import NotFound
from shared.language import N_

pages = PageRouter()
SAMPLE_DAY = datetime(2026, 11, 27)  # noqa: DTZ001 only the day is shown
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenantrag"
PILLS = {
    "your-turn": N_("Waits for your answer"),
    "waiting": N_("Waiting"),
    "under-way": N_("Under way"),
    "done": N_("Fulfilled"),
    "late": N_("Cancelled"),
    "ended": N_("Withdrawn"),
}


@pages.get("/docs/components", policy="public")
async def show_components(page: CurrentPage) -> Response:
    """Show the gallery. Raises: NotFound, where the station serves the public over HTTPS."""
    if SETTINGS.get(page.request.app.state).uses_https:
        raise NotFound
    refused: BoundForm[PostWish] = BoundForm(
        values={"title": LONG_WORD}, errors={"title": N_("This is too long")}
    )
    return await page.show(
        "component_docs.html",
        empty=BoundForm(),
        refused=refused,
        sample_day=SAMPLE_DAY,
        long_word=LONG_WORD,
        pills=PILLS,
    )
