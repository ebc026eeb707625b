"""Staff's actions on an event: publish, cancel, close."""

from uuid import UUID

from fastapi import Response

from services.intake.events import actions, queries
from services.intake.events.participation import ParticipationState
from services.intake.events.schemas import Cancel, Close
from services.intake.web.events.pages import event_page
from services.intake.web.kit.forms import BoundForm, parse_form, with_problem
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.errors import Conflict

pages = PageRouter()


@pages.post("/events/{event_id}/publish", policy="events.write")
async def publish(page: CurrentPage, event_id: UUID) -> Response:
    """Publish an event."""
    try:
        await actions.publish(page.tx, page.signed_in_actor, event_id)
    except Conflict as problem:
        return await event_page(page, event_id, problem=problem)
    return page.redirect(f"/events/{event_id}?done=published")


@pages.get("/events/{event_id}/cancel", policy="events.write")
async def show_cancel(page: CurrentPage, event_id: UUID) -> Response:
    """Show the form of a cancellation."""
    return await _ending_page(page, event_id, "cancel", BoundForm())


@pages.post("/events/{event_id}/cancel", policy="events.write")
async def cancel(page: CurrentPage, event_id: UUID) -> Response:
    """Cancel an event, or drop a draft."""
    form = await parse_form(page, Cancel)
    if form.body is None:
        return await _ending_page(page, event_id, "cancel", form, 422)
    try:
        await actions.cancel(page.tx, page.signed_in_actor, event_id, form.body.reason)
    except Conflict as problem:
        form = with_problem(page, form, problem)
        return await _ending_page(page, event_id, "cancel", form, problem.status)
    return page.redirect(f"/events/{event_id}?done=cancelled")


@pages.get("/events/{event_id}/close", policy="events.write")
async def show_close(page: CurrentPage, event_id: UUID) -> Response:
    """Show who is not checked in or out, and the form of the result."""
    return await _ending_page(page, event_id, "close", BoundForm())


@pages.post("/events/{event_id}/close", policy="events.write")
async def close(page: CurrentPage, event_id: UUID) -> Response:
    """Close an event."""
    form = await parse_form(page, Close)
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
    form: BoundForm[Cancel] | BoundForm[Close],
    status: int = 200,
) -> Response:
    actor = page.signed_in_actor
    item = await queries.get(page.tx, actor.station, actor, event_id)
    is_possible = action in item.event.allowed_actions(actor)
    if not is_possible and status == 200:
        return page.redirect(f"/events/{event_id}")
    counts = await queries.count_by_state(page.tx, actor, event_id)
    return await page.show(
        f"events/{action}.html",
        status,
        item=item,
        form=form,
        is_possible=is_possible,
        joined_count=counts.get(ParticipationState.JOINED, 0),
        present_count=counts.get(ParticipationState.PRESENT, 0),
    )
