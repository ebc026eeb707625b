"""Becoming a volunteer."""

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter, read_submission_token
from services.intake.web.service_clients import RemoteProblem
from services.intake.wishes.schemas import FreeText
from shared.errors import Unavailable
from shared.web.http import RequestModel

pages = PageRouter()


class ApplicationForm(RequestModel):
    """What one can do and when, each separated by commas, in one's own words."""

    skills: FreeText | None = None
    times: FreeText | None = None


@pages.get("/volunteer", policy="volunteers.apply")
async def ask(page: CurrentPage) -> Response:
    """How one's application stands, or the form for it."""
    return await _page(page, BoundForm())


@pages.post("/volunteer", policy="volunteers.apply", idempotent=False)
async def apply(page: CurrentPage) -> Response:
    """Apply; the volunteers service remembers that this tap was made."""
    form = await parse_form(page, ApplicationForm)
    if form.body is None:
        return await _page(page, form, 422)
    key = await read_submission_token(page)
    said = {"skills": split_phrases(form.body.skills), "times": split_phrases(form.body.times)}
    try:
        await service_clients.call_service(page, "POST", "/volunteers", said, key)
    except RemoteProblem as refused:
        if refused.status != 422:
            raise
        return await _page(page, form.with_error("skills", refused.title), 422)
    return page.redirect("/volunteer")


async def _page(page: PageContext, form: BoundForm[ApplicationForm], status: int = 200) -> Response:
    away, found, duties = False, None, None
    try:
        found = await service_clients.fetch_application(page)
        duties = await service_clients.fetch_duties(page)
    except Unavailable:
        away = True
    return await page.show(
        "volunteer.html",
        status,
        form=form,
        application=found,
        duties=duties.items if duties else [],
        is_unavailable=away,
    )


def split_phrases(text: str | None) -> list[str]:
    """What was written, taken apart at commas and line ends: at most 20 phrases."""
    parts = (text or "").replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    return [part.strip()[:60] for part in parts if part.strip()][:20]
