"""Planning an event, and changing it; of two who do so at once, the second is told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Response
from pydantic import ConfigDict, Field, NaiveDatetime, StringConstraints

from services.intake.accounts.queries import list_partners
from services.intake.events import actions, queries
from services.intake.events.models import (
    FIXED_ONCE_PUBLISHED,
    MAX_PLACES,
    Event,
    EventFields,
    EventState,
)
from services.intake.events.schemas import Place, Title
from services.intake.web.kit.forms import BoundForm, parse_form, with_problem
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.contracts.events import EventKind
from shared.errors import Conflict, Invalid
from shared.web.http import RequestModel
from shared.web.preconditions import ExpectedVersion, PreconditionFailed

pages = PageRouter()
Places = Annotated[int, Field(ge=0, le=MAX_PLACES)]


class EventChangesForm(RequestModel):
    """What may change once an event is announced; all else that a form says is passed over."""

    model_config = ConfigDict(extra="ignore")

    summary: Annotated[str, StringConstraints(max_length=2000)] = ""
    helper_places: Places = 0
    guest_places: Places = 0
    partner_id: UUID | None = None
    version: int = 0


class EventForm(EventChangesForm):
    """An event as staff write it; times are the station's own."""

    model_config = ConfigDict(extra="forbid")

    kind: EventKind
    title: Title
    place: Place
    starts_at: NaiveDatetime
    ends_at: NaiveDatetime


@pages.get("/events/new", policy="events.write")
async def ask_new(page: CurrentPage) -> Response:
    """The form of a new event."""
    return await _form(page, BoundForm(values={"kind": "clean_up"}))


@pages.post("/events/new", policy="events.write")
async def plan(page: CurrentPage) -> Response:
    """Plan an event."""
    form: BoundForm[EventChangesForm] = await parse_form(page, EventForm)
    if form.body is None:
        return await _form(page, form, status=422)
    zone = (await page.station()).zone
    try:
        details = _details(form.body, zone)
        event = await actions.create(page.tx, page.signed_in_actor, details)
    except Invalid as problem:
        return await _form(page, with_problem(page, form, problem), status=422)
    return page.redirect(f"/events/{event.id}?done=planned")


@pages.get("/events/{event_id}/edit", policy="events.write")
async def ask_edit(page: CurrentPage, event_id: UUID) -> Response:
    """The form of an event that is there."""
    event = await _event(page, event_id)
    if event.state not in (EventState.DRAFT, EventState.PUBLISHED):
        return page.redirect(f"/events/{event_id}")
    return await _form(page, BoundForm(values=_values(event)), event)


@pages.post("/events/{event_id}/edit", policy="events.write")
async def edit(page: CurrentPage, event_id: UUID) -> Response:
    """Change an event; where somebody else did meanwhile, show both."""
    event = await _event(page, event_id)
    form: BoundForm[EventChangesForm] = await parse_form(
        page, EventForm if event.state == EventState.DRAFT else EventChangesForm
    )
    if form.body is None:
        return await _form(page, form, event, 422)
    expected = ExpectedVersion(frozenset({form.body.version}))
    try:
        details = _details(form.body, event.zone, event)
        await actions.edit(page.tx, page.signed_in_actor, event_id, details, expected)
    except (Invalid, Conflict, PreconditionFailed) as problem:
        return await _form(page, with_problem(page, form, problem), event, problem.status)
    return page.redirect(f"/events/{event_id}?done=edited")


async def _event(page: PageContext, event_id: UUID) -> Event:
    return (
        await queries.get(page.tx, page.signed_in_actor.station, page.signed_in_actor, event_id)
    ).event


async def _form(
    page: PageContext,
    form: BoundForm[EventChangesForm],
    event: Event | None = None,
    status: int = 200,
) -> Response:
    stale = event is not None and status == PreconditionFailed.status
    return await page.show(
        "events/plan.html",
        status,
        form=form,
        event=event,
        # Only who has been shown what others changed may go on from there.
        version=event.version if event and stale else form.value("version") or "0",
        fixed=event is not None and event.state != EventState.DRAFT,
        present=_conflicting_values(form, event) if event and stale else {},
        partners=await list_partners(page.tx, page.signed_in_actor.station),
    )


def _details(body: EventChangesForm, zone: ZoneInfo, event: Event | None = None) -> EventFields:
    """What was said, with what is announced as the event has it already."""
    if isinstance(body, EventForm):
        times = {
            name: getattr(body, name).replace(tzinfo=zone) for name in ("starts_at", "ends_at")
        }
    else:
        times = {name: getattr(event, name) for name in FIXED_ONCE_PUBLISHED}
    return EventFields(**{**body.model_dump(exclude={"version"}), **times})


def _values(event: Event) -> dict[str, str]:
    """An event as its form shows it."""
    plain = {name: getattr(event, name) for name in EventForm.model_fields}
    plain |= {
        "starts_at": _input_value(event.local_start),
        "ends_at": _input_value(event.local_end),
    }
    return {name: "" if value is None else str(value) for name, value in plain.items()}


def _conflicting_values(form: BoundForm[EventChangesForm], event: Event) -> dict[str, str]:
    """What the event says now where the form says something else."""
    return {
        name: now
        for name, now in _values(event).items()
        if name in form.values and name != "version" and form.value(name).split() != now.split()
    }


def _input_value(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
