"""Events as the station runs them: planning, publishing, cancelling and closing one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field, NaiveDatetime, StringConstraints

from services.intake.accounts.queries import partners
from services.intake.events import actions, queries
from services.intake.events.models import MOST_PLACES, Details, Event, State
from services.intake.events.participation import Part
from services.intake.events.queries import Seen
from services.intake.events.views import Place, Reason, Title, Words
from services.intake.web.forms import Filled, filled
from services.intake.web.pages import Pages
from services.intake.web.screen import Screen, Shown
from shared.conditions import Expected
from shared.contracts.events import EventKind
from shared.errors import Invalid
from shared.http import Body

pages = Pages()
Places = Annotated[int, Field(ge=0, le=MOST_PLACES)]


class Plan(Body):
    """An event as staff write it; times are the station's own."""

    kind: EventKind
    title: Title
    summary: Annotated[str, StringConstraints(max_length=2000)] = ""
    place: Place
    starts_at: NaiveDatetime
    ends_at: NaiveDatetime
    helper_places: Places = 0
    guest_places: Places = 0
    partner_id: UUID | None = None
    version: int = 0


class Reasoned(Body):
    """Why it does not take place."""

    reason: Reason


class Closed(Body):
    """What came of it."""

    result: Words | None = None


@pages.get("/events/new", policy="events.write")
async def ask_new(screen: Shown) -> Response:
    """The form of a new event."""
    return await _form(screen, Filled(values={"kind": "clean_up"}))


@pages.post("/events/new", policy="events.write")
async def plan(screen: Shown) -> Response:
    """Plan an event."""
    form = await filled(screen, Plan)
    if form.body is None:
        return await _form(screen, form, status=422)
    try:
        event = await actions.create(screen.tx, screen.who, await _details(screen, form.body))
    except Invalid as refused:
        return await _form(screen, form.refused(refused), status=422)
    return screen.go(f"/events/{event.id}?done=planned")


@pages.get("/events/{event_id}/edit", policy="events.write")
async def ask_edit(screen: Shown, event_id: UUID) -> Response:
    """The form of an event that is there."""
    event = (await _seen(screen, event_id)).event
    return await _form(screen, Filled(values=_values(event)), event)


@pages.post("/events/{event_id}/edit", policy="events.write")
async def edit(screen: Shown, event_id: UUID) -> Response:
    """Change an event, unless somebody else did meanwhile."""
    form = await filled(screen, Plan)
    event = (await _seen(screen, event_id)).event
    if form.body is None:
        return await _form(screen, form, event, 422)
    try:
        await actions.edit(
            screen.tx,
            screen.who,
            event_id,
            await _details(screen, form.body),
            Expected(frozenset({form.body.version})),
        )
    except Invalid as refused:
        return await _form(screen, form.refused(refused), event, 422)
    return screen.go(f"/events/{event_id}?done=edited")


@pages.post("/events/{event_id}/publish", policy="events.write")
async def publish(screen: Shown, event_id: UUID) -> Response:
    """Show it to everybody."""
    await actions.publish(screen.tx, screen.who, event_id)
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
    await actions.cancel(screen.tx, screen.who, event_id, form.body.reason)
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
    await actions.close(screen.tx, screen.who, event_id, form.body.result)
    return screen.go(f"/events/{event_id}?done=closed")


async def _seen(screen: Screen, event_id: UUID) -> Seen:
    return await queries.get(screen.tx, screen.who.station, screen.who, event_id)


async def _form(
    screen: Screen, form: Filled[Plan], event: Event | None = None, status: int = 200
) -> Response:
    return await screen.show(
        "events/plan.html",
        status,
        form=form,
        event=event,
        fixed=event is not None and event.state != State.DRAFT,
        partners=await partners(screen.tx, screen.who.station),
    )


async def _ending(
    screen: Screen,
    event_id: UUID,
    act: str,
    form: Filled[Reasoned] | Filled[Closed],
    status: int = 200,
) -> Response:
    counts = await queries.counts(screen.tx, screen.who, event_id)
    return await screen.show(
        f"events/{act}.html",
        status,
        seen=await _seen(screen, event_id),
        form=form,
        waiting=counts.get(Part.JOINED, 0),
        present=counts.get(Part.PRESENT, 0),
    )


async def _details(screen: Screen, plan: Plan) -> Details:
    zone = (await screen.station()).zone
    said = plan.model_dump(exclude={"version"})
    for name in ("starts_at", "ends_at"):
        said[name] = said[name].replace(tzinfo=zone)
    return Details(**said)


def _values(event: Event) -> dict[str, str]:
    """An event as its form shows it."""
    plain = {name: getattr(event, name) for name in Plan.model_fields}
    plain |= {"starts_at": _written(event.local_start), "ends_at": _written(event.local_end)}
    return {name: str(value) for name, value in plain.items() if value is not None}


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
