"""The form of an event, new or edited; a concurrent edit is shown as a conflict."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Response
from pydantic import ConfigDict, Field

from services.intake.accounts.queries import list_partners
from services.intake.events import actions, queries
from services.intake.events.models import (
    FIXED_ONCE_PUBLISHED,
    MAX_PLACES,
    Event,
    EventFields,
    EventState,
    Place,
    Summary,
    Title,
)
from services.intake.web.kit.forms import BoundForm, parse_form, with_problem
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.contracts.events import EventKind
from shared.errors import Conflict, Invalid, PreconditionFailed
from shared.text_validation import LocalTime
from shared.web.http import RequestModel
from shared.web.preconditions import ExpectedVersion

pages = PageRouter()
Places = Annotated[int, Field(ge=0, le=MAX_PLACES)]


class EventChangesForm(RequestModel):
    """The fields that may change after publication; other fields of a form are ignored."""

    model_config = ConfigDict(extra="ignore")

    summary: Summary = ""
    helper_places: Places = 0
    guest_places: Places = 0
    partner_id: UUID | None = None
    version: int = 0


class EventForm(EventChangesForm):
    """All fields of an event; times are in the station's time zone."""

    model_config = ConfigDict(extra="forbid")

    kind: EventKind
    title: Title
    place: Place
    starts_at: LocalTime
    ends_at: LocalTime


@pages.get("/events/new", policy="events.write")
async def show_new(page: CurrentPage) -> Response:
    """Show the form of a new event."""
    return await _form(page, BoundForm(values={"kind": "clean_up"}))


@pages.post("/events/new", policy="events.write")
async def create(page: CurrentPage) -> Response:
    """Create the event as a draft."""
    form: BoundForm[EventChangesForm] = await parse_form(page, EventForm)
    if form.body is None:
        return await _form(page, form, status=422)
    zone = (await page.station()).zone
    try:
        fields = _fields(form.body, zone)
        event = await actions.create(page.tx, page.signed_in_actor, fields)
    except Invalid as problem:
        return await _form(page, with_problem(page, form, problem), status=422)
    return page.redirect(f"/events/{event.id}?done=planned")


@pages.get("/events/{event_id}/edit", policy="events.write")
async def show_edit(page: CurrentPage, event_id: UUID) -> Response:
    """Show the form of an existing event."""
    event = await _event(page, event_id)
    if "edit" not in event.allowed_actions(page.signed_in_actor):
        return page.redirect(f"/events/{event_id}")
    return await _form(page, BoundForm(values=_values(event)), event)


@pages.post("/events/{event_id}/edit", policy="events.write")
async def edit(page: CurrentPage, event_id: UUID) -> Response:
    """Edit an event; after somebody else's edit, show the conflicting values."""
    event = await _event(page, event_id)
    form: BoundForm[EventChangesForm] = await parse_form(
        page, EventForm if event.state == EventState.DRAFT else EventChangesForm
    )
    if form.body is None:
        return await _form(page, form, event, 422)
    expected = ExpectedVersion(frozenset({form.body.version}))
    try:
        fields = _fields(form.body, event.zone, event)
        await actions.edit(page.tx, page.signed_in_actor, event_id, fields, expected)
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
    is_stale = event is not None and status == PreconditionFailed.status
    return await page.show(
        "events/edit.html",
        status,
        form=form,
        event=event,
        # The new version is handed out only with the page that shows the conflicting values.
        version=event.version if event and is_stale else form.value("version") or "0",
        is_announced=event is not None and event.state != EventState.DRAFT,
        conflicts=_conflicting_values(form, event) if event and is_stale else {},
        partners=await list_partners(page.tx, page.signed_in_actor.station),
    )


def _fields(body: EventChangesForm, zone: ZoneInfo, event: Event | None = None) -> EventFields:
    """Return the fields of `body`, completed with the fixed ones of `event`."""
    if isinstance(body, EventForm):
        remaining = {
            name: getattr(body, name).replace(tzinfo=zone) for name in ("starts_at", "ends_at")
        }
    else:
        remaining = {name: getattr(event, name) for name in FIXED_ONCE_PUBLISHED}
    return EventFields(**{**body.model_dump(exclude={"version"}), **remaining})


def _values(event: Event) -> dict[str, str]:
    """Return the values of the event's form."""
    values = {name: getattr(event, name) for name in EventForm.model_fields}
    values |= {
        "starts_at": _input_value(event.local_start),
        "ends_at": _input_value(event.local_end),
    }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _conflicting_values(form: BoundForm[EventChangesForm], event: Event) -> dict[str, str]:
    """Return the event's current values where those of the form differ."""
    return {
        name: current
        for name, current in _values(event).items()
        if name in form.values and name != "version" and form.value(name).split() != current.split()
    }


def _input_value(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
