"""Events as the station runs them: publishing, cancelling and closing one."""

from uuid import UUID

from fastapi import Response

from services.intake.events import actions, queries
from services.intake.events.models import EventState
from services.intake.events.participation import ParticipationState
from services.intake.events.schemas import FreeText, Reason
from services.intake.web.events.pages import event_page
from services.intake.web.kit.forms import BoundForm, parse_form, with_problem
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.errors import Conflict
from shared.web.http import RequestModel

pages = PageRouter()
# In which states of an event there is something to end.
ENDABLE_STATES = {
    "cancel": (EventState.DRAFT, EventState.PUBLISHED),
    "close": (EventState.PUBLISHED,),
}


class CancelForm(RequestModel):
    """Why it does not take place."""

    reason: Reason


class CloseForm(RequestModel):
    """What came of it."""

    result: FreeText | None = None


@pages.post("/events/{event_id}/publish", policy="events.write")
async def publish(page: CurrentPage, event_id: UUID) -> Response:
    """Show it to everybody."""
    try:
        await actions.publish(page.tx, page.signed_in_actor, event_id)
    except Conflict as problem:
        return await event_page(page, event_id, problem=problem)
    return page.redirect(f"/events/{event_id}?done=published")


@pages.get("/events/{event_id}/cancel", policy="events.write")
async def ask_cancel(page: CurrentPage, event_id: UUID) -> Response:
    """Why does it not take place?"""
    return await _ending_page(page, event_id, "cancel", BoundForm())


@pages.post("/events/{event_id}/cancel", policy="events.write")
async def cancel(page: CurrentPage, event_id: UUID) -> Response:
    """Call it off."""
    form = await parse_form(page, CancelForm)
    if form.body is None:
        return await _ending_page(page, event_id, "cancel", form, 422)
    try:
        await actions.cancel(page.tx, page.signed_in_actor, event_id, form.body.reason)
    except Conflict as problem:
        form = with_problem(page, form, problem)
        return await _ending_page(page, event_id, "cancel", form, problem.status)
    return page.redirect(f"/events/{event_id}?done=cancelled")


@pages.get("/events/{event_id}/close", policy="events.write")
async def ask_close(page: CurrentPage, event_id: UUID) -> Response:
    """Is everybody checked in and out, and what came of it?"""
    return await _ending_page(page, event_id, "close", BoundForm())


@pages.post("/events/{event_id}/close", policy="events.write")
async def close(page: CurrentPage, event_id: UUID) -> Response:
    """Settle who came."""
    form = await parse_form(page, CloseForm)
    if form.body is None:
        return await _ending_page(page, event_id, "close", form, 422)
    try:
        await actions.close(page.tx, page.signed_in_actor, event_id, form.body.result)
    except Conflict as problem:
        form = with_problem(page, form, problem)
        return await _ending_page(page, event_id, "close", form, problem.status)
    return page.redirect(f"/events/{event_id}?done=closed")


async def _ending_page(
    page: PageContext,
    event_id: UUID,
    action: str,
    form: BoundForm[CancelForm] | BoundForm[CloseForm],
    status: int = 200,
) -> Response:
    seen = await queries.get(page.tx, page.signed_in_actor.station, page.signed_in_actor, event_id)
    possible = seen.event.state in ENDABLE_STATES[action]
    if not possible and status == 200:
        return page.redirect(f"/events/{event_id}")
    counts = await queries.count_by_state(page.tx, page.signed_in_actor, event_id)
    return await page.show(
        f"events/{action}.html",
        status,
        item=seen,
        form=form,
        possible=possible,
        waiting=counts.get(ParticipationState.JOINED, 0),
        present=counts.get(ParticipationState.PRESENT, 0),
    )
