"""Becoming a volunteer."""

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.forms import Filled, filled
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages, key_of
from services.intake.web.service_clients import Answered
from services.intake.wishes.schemas import Words
from shared.errors import Unavailable
from shared.web.http import Body

pages = Pages()


class Apply(Body):
    """What one can do and when, each separated by commas, in one's own words."""

    skills: Words | None = None
    times: Words | None = None


@pages.get("/volunteer", policy="volunteers.apply")
async def ask(screen: Shown) -> Response:
    """How one's application stands, or the form for it."""
    return await _page(screen, Filled())


@pages.post("/volunteer", policy="volunteers.apply", once=False)
async def apply(screen: Shown) -> Response:
    """Apply; the volunteers service remembers that this tap was made."""
    form = await filled(screen, Apply)
    if form.body is None:
        return await _page(screen, form, 422)
    key = await key_of(screen)
    said = {"skills": phrases(form.body.skills), "times": phrases(form.body.times)}
    try:
        await service_clients.ask(screen, "POST", "/volunteers", said, key)
    except Answered as refused:
        if refused.status != 422:
            raise
        return await _page(screen, form.wrong("skills", refused.title), 422)
    return screen.go("/volunteer")


async def _page(screen: Screen, form: Filled[Apply], status: int = 200) -> Response:
    away, found, duties = False, None, None
    try:
        found = await service_clients.application(screen)
        duties = await service_clients.duties(screen)
    except Unavailable:
        away = True
    return await screen.show(
        "volunteer.html",
        status,
        form=form,
        application=found,
        duties=duties.items if duties else [],
        away=away,
    )


def phrases(said: str | None) -> list[str]:
    """What was written, taken apart at commas and line ends: at most 20 phrases."""
    parts = (said or "").replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    return [part.strip()[:60] for part in parts if part.strip()][:20]
