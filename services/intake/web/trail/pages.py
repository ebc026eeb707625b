"""The trail of a case: what a request led to in all services, as a picture and as a list."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BeforeValidator

from services.intake.gateway.timeline import Step, Timeline
from services.intake.gateway.trail import load_timeline
from services.intake.residents import queries as residents
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.message_docs.pages import messages_by_service
from services.intake.web.trail.diagram import LANES, build_diagram
from shared.language import N_
from shared.web.http import RequestModel

SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1_000, 60_000, 3_600_000, 86_400_000
SERVICES = {
    "intake": N_("Station"),
    "volunteers": N_("Volunteers"),
    "notify": N_("Notices"),
}
STATES = {
    "waiting": N_("waits to be sent"),
    "retry": N_("failed, will be tried again"),
    "parked": N_("failed for good"),
    "skipped": N_("set aside"),
}
CHANNELS = {"inbox": N_("Inbox"), "sms": N_("SMS")}
pages = PageRouter()


class TrailForm(RequestModel):
    """Which case."""

    case: Annotated[UUID, BeforeValidator(str.strip)]


@pages.get("/desk/trail", policy="trail.read")
async def ask(page: CurrentPage) -> Response:
    """Which case is it?"""
    return await page.show("trail/find.html", form=BoundForm())


@pages.post("/desk/trail", policy="trail.read", idempotent=False)
async def find(page: CurrentPage) -> Response:
    """Look at the case of that number."""
    form = await parse_form(page, TrailForm)
    if form.body is None:
        return await page.show("trail/find.html", 422, form=form)
    return page.redirect(f"/desk/trail/{form.body.case}")


@pages.get("/desk/trail/{correlation_id}", policy="trail.read")
async def show_trail(page: CurrentPage, correlation_id: UUID) -> Response:
    """One case."""
    story = await load_timeline(page.request.app, page.signed_in_actor, correlation_id)
    return await page.show(
        "trail/one.html",
        timeline=story,
        diagram=build_diagram(story),
        lanes=LANES,
        services=SERVICES,
        states=STATES,
        channels=CHANNELS,
        message_docs={one.type: one for every in messages_by_service().values() for one in every},
        people=await _people(page, story),
        split_duration=split_duration,
        total_ms=total_ms(story.steps),
    )


def split_duration(ms: int) -> tuple[str, str]:
    """A span of time in a number and the unit that is easiest to read: `1.2`, `s`."""
    for unit, size in (("d", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS)):
        if ms >= size:
            number = ms / size
            return (f"{number:.1f}" if number < 10 else f"{number:.0f}", unit)
    return str(ms), "ms"


def total_ms(steps: list[Step]) -> int:
    """How many milliseconds there are between the beginning and the last that happened."""
    return max((step.after_ms for step in steps), default=0)


async def _people(page: PageContext, timeline: Timeline) -> dict[UUID, str]:
    """The names of those concerned, for the desk, which keeps the register."""
    if not page.signed_in_actor.is_staff:
        return {}
    ids = {step.to for step in timeline.steps if step.to is not None}
    found = await residents.people(page.tx, page.signed_in_actor.station, ids)
    return {id_: person.name for id_, person in found.items()}
