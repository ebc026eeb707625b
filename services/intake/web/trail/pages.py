"""The trail of a case: its steps in all services, as a diagram and as a list."""

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
from shared.web.http import RequestModel

SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS = 1_000, 60_000, 3_600_000, 86_400_000
pages = PageRouter()


class TrailForm(RequestModel):
    """The correlation id of a case."""

    case: Annotated[UUID, BeforeValidator(str.strip)]


@pages.get("/desk/trail", policy="trail.read")
async def show_search(page: CurrentPage) -> Response:
    """Show the form for the number of a case."""
    return await page.show("trail/find.html", form=BoundForm())


@pages.post("/desk/trail", policy="trail.read", idempotent=False)
async def open_trail(page: CurrentPage) -> Response:
    """Redirect to the trail of the case with that number."""
    form = await parse_form(page, TrailForm)
    if form.body is None:
        return await page.show("trail/find.html", 422, form=form)
    return page.redirect(f"/desk/trail/{form.body.case}")


@pages.get("/desk/trail/{correlation_id}", policy="trail.read")
async def show_trail(page: CurrentPage, correlation_id: UUID) -> Response:
    """Show the trail of one case."""
    timeline = await load_timeline(page.request.app, page.signed_in_actor, correlation_id)
    return await page.show(
        "trail/detail.html",
        timeline=timeline,
        diagram=build_diagram(timeline),
        lanes=LANES,
        message_docs={doc.type: doc for docs in messages_by_service().values() for doc in docs},
        people=await _people(page, timeline),
        split_duration=split_duration,
        total_ms=total_ms(timeline.steps),
    )


def split_duration(ms: int) -> tuple[str, str]:
    """Split a duration into a short number and its unit: `1.2`, `s`."""
    for unit, size in (("d", DAY_MS), ("h", HOUR_MS), ("min", MINUTE_MS), ("s", SECOND_MS)):
        if ms >= size:
            number = ms / size
            return (f"{number:.1f}" if number < 10 else f"{number:.0f}", unit)
    return str(ms), "ms"


def total_ms(steps: list[Step]) -> int:
    """Return the milliseconds from the first step to the last."""
    return max((step.after_ms for step in steps), default=0)


async def _people(page: PageContext, timeline: Timeline) -> dict[UUID, str]:
    """Return the names of the residents in the timeline; empty unless the actor is staff."""
    if not page.signed_in_actor.is_staff:
        return {}
    ids = {step.to for step in timeline.steps if step.to is not None}
    people = await residents.load_people(page.tx, page.signed_in_actor.station, ids)
    return {id_: person.name for id_, person in people.items()}
