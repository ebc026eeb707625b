"""The application to become a volunteer, and a volunteer's duties."""

from fastapi import Response

from services.intake.web.clients import volunteers
from services.intake.web.clients.base import RemoteProblem
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter, read_submission_token
from services.intake.wishes.schemas import FreeText
from shared.errors import Unavailable
from shared.web.http import RequestModel

pages = PageRouter()


class ApplicationForm(RequestModel):
    """Skills and times in the applicant's words, separated by commas."""

    skills: FreeText | None = None
    times: FreeText | None = None


@pages.get("/volunteer", policy="volunteers.apply")
async def show_application(page: CurrentPage) -> Response:
    """Show the actor's application, or the form for it."""
    return await _page(page, BoundForm())


@pages.post("/volunteer", policy="volunteers.apply", idempotent=False)
async def apply(page: CurrentPage) -> Response:
    """Apply; the volunteers service makes a repeat of the same form change nothing."""
    form = await parse_form(page, ApplicationForm)
    if form.body is None:
        return await _page(page, form, 422)
    key = await read_submission_token(page)
    skills, times = split_phrases(form.body.skills), split_phrases(form.body.times)
    try:
        await volunteers.apply(page, skills, times, key)
    except RemoteProblem as problem:
        if problem.status != 422:
            raise
        return await _page(page, form.with_error("skills", problem.title), 422)
    return page.redirect("/volunteer")


async def _page(page: PageContext, form: BoundForm[ApplicationForm], status: int = 200) -> Response:
    is_unavailable, application, duties = False, None, None
    try:
        application = await volunteers.fetch_application(page)
        duties = await volunteers.fetch_duties(page)
    except Unavailable:
        is_unavailable = True
    return await page.show(
        "volunteer.html",
        status,
        form=form,
        application=application,
        duties=duties.items if duties else [],
        is_unavailable=is_unavailable,
    )


def split_phrases(text: str | None) -> list[str]:
    """Split `text` at commas and line ends into at most 20 phrases of 60 characters."""
    phrases = (text or "").replace("，", ",").replace("、", ",").replace("\n", ",").split(",")
    return [phrase.strip()[:60] for phrase in phrases if phrase.strip()][:20]
