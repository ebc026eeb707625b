"""Events as the station runs them: publishing, cancelling and closing one."""

from uuid import UUID

from fastapi import Response

from services.intake.events import actions, queries
from services.intake.events.models import State
from services.intake.events.participation import Part
from services.intake.events.schemas import Reason, Words
from services.intake.web.events.pages import show_one
from services.intake.web.kit.forms import Filled, filled, refused
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from shared.errors import Conflict
from shared.web.http import Body

pages = Pages()
# In which states of an event there is something to end.
ENDABLE = {"cancel": (State.DRAFT, State.PUBLISHED), "close": (State.PUBLISHED,)}


class Reasoned(Body):
    """Why it does not take place."""

    reason: Reason


class Closed(Body):
    """What came of it."""

    result: Words | None = None


@pages.post("/events/{event_id}/publish", policy="events.write")
async def publish(screen: Shown, event_id: UUID) -> Response:
    """Show it to everybody."""
    try:
        await actions.publish(screen.tx, screen.who, event_id)
    except Conflict as problem:
        return await show_one(screen, event_id, refused=problem)
    return screen.go(f"/events/{event_id}?done=published")


@pages.get("/events/{event_id}/cancel", policy="events.write")
async def ask_cancel(screen: Shown, event_id: UUID) -> Response:
    """Why does it not take place?"""
    return await _ending(screen, event_id, "cancel", Filled())


@pages.post("/events/{event_id}/cancel", policy="events.write")
async def cancel(screen: Shown, event_id: UUID) -> Response:
    """Call it off."""
    form = await filled(screen, Reasoned)
    if form.body is None:
        return await _ending(screen, event_id, "cancel", form, 422)
    try:
        await actions.cancel(screen.tx, screen.who, event_id, form.body.reason)
    except Conflict as problem:
        form = refused(screen, form, problem)
        return await _ending(screen, event_id, "cancel", form, problem.status)
    return screen.go(f"/events/{event_id}?done=cancelled")


@pages.get("/events/{event_id}/close", policy="events.write")
async def ask_close(screen: Shown, event_id: UUID) -> Response:
    """Is everybody checked in and out, and what came of it?"""
    return await _ending(screen, event_id, "close", Filled())


@pages.post("/events/{event_id}/close", policy="events.write")
async def close(screen: Shown, event_id: UUID) -> Response:
    """Settle who came."""
    form = await filled(screen, Closed)
    if form.body is None:
        return await _ending(screen, event_id, "close", form, 422)
    try:
        await actions.close(screen.tx, screen.who, event_id, form.body.result)
    except Conflict as problem:
        form = refused(screen, form, problem)
        return await _ending(screen, event_id, "close", form, problem.status)
    return screen.go(f"/events/{event_id}?done=closed")


async def _ending(
    screen: Screen,
    event_id: UUID,
    act: str,
    form: Filled[Reasoned] | Filled[Closed],
    status: int = 200,
) -> Response:
    seen = await queries.get(screen.tx, screen.who.station, screen.who, event_id)
    possible = seen.event.state in ENDABLE[act]
    if not possible and status == 200:
        return screen.go(f"/events/{event_id}")
    counts = await queries.counts(screen.tx, screen.who, event_id)
    return await screen.show(
        f"events/{act}.html",
        status,
        seen=seen,
        form=form,
        possible=possible,
        waiting=counts.get(Part.JOINED, 0),
        present=counts.get(Part.PRESENT, 0),
    )
