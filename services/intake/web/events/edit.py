"""Planning an event, and changing it; of two who do so at once, the second is told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Response
from pydantic import ConfigDict, Field, NaiveDatetime, StringConstraints

from services.intake.accounts.queries import partners
from services.intake.events import actions, queries
from services.intake.events.models import ANNOUNCED, MOST_PLACES, Details, Event, State
from services.intake.events.schemas import Place, Title
from services.intake.web.kit.forms import Filled, filled, refused
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from shared.contracts.events import EventKind
from shared.errors import Conflict, Invalid
from shared.web.http import Body
from shared.web.preconditions import Expected, Stale

pages = Pages()
Places = Annotated[int, Field(ge=0, le=MOST_PLACES)]


class Changes(Body):
    """What may change once an event is announced; all else that a form says is passed over."""

    model_config = ConfigDict(extra="ignore")

    summary: Annotated[str, StringConstraints(max_length=2000)] = ""
    helper_places: Places = 0
    guest_places: Places = 0
    partner_id: UUID | None = None
    version: int = 0


class Plan(Changes):
    """An event as staff write it; times are the station's own."""

    model_config = ConfigDict(extra="forbid")

    kind: EventKind
    title: Title
    place: Place
    starts_at: NaiveDatetime
    ends_at: NaiveDatetime


@pages.get("/events/new", policy="events.write")
async def ask_new(screen: Shown) -> Response:
    """The form of a new event."""
    return await _form(screen, Filled(values={"kind": "clean_up"}))


@pages.post("/events/new", policy="events.write")
async def plan(screen: Shown) -> Response:
    """Plan an event."""
    form: Filled[Changes] = await filled(screen, Plan)
    if form.body is None:
        return await _form(screen, form, status=422)
    zone = (await screen.station()).zone
    try:
        details = _details(form.body, zone)
        event = await actions.create(screen.tx, screen.who, details)
    except Invalid as problem:
        return await _form(screen, refused(screen, form, problem), status=422)
    return screen.go(f"/events/{event.id}?done=planned")


@pages.get("/events/{event_id}/edit", policy="events.write")
async def ask_edit(screen: Shown, event_id: UUID) -> Response:
    """The form of an event that is there."""
    event = await _event(screen, event_id)
    if event.state not in (State.DRAFT, State.PUBLISHED):
        return screen.go(f"/events/{event_id}")
    return await _form(screen, Filled(values=_values(event)), event)


@pages.post("/events/{event_id}/edit", policy="events.write")
async def edit(screen: Shown, event_id: UUID) -> Response:
    """Change an event; where somebody else did meanwhile, show both."""
    event = await _event(screen, event_id)
    form: Filled[Changes] = await filled(screen, Plan if event.state == State.DRAFT else Changes)
    if form.body is None:
        return await _form(screen, form, event, 422)
    expected = Expected(frozenset({form.body.version}))
    try:
        details = _details(form.body, event.zone, event)
        await actions.edit(screen.tx, screen.who, event_id, details, expected)
    except (Invalid, Conflict, Stale) as problem:
        return await _form(screen, refused(screen, form, problem), event, problem.status)
    return screen.go(f"/events/{event_id}?done=edited")


async def _event(screen: Screen, event_id: UUID) -> Event:
    return (await queries.get(screen.tx, screen.who.station, screen.who, event_id)).event


async def _form(
    screen: Screen, form: Filled[Changes], event: Event | None = None, status: int = 200
) -> Response:
    stale = event is not None and status == Stale.status
    return await screen.show(
        "events/plan.html",
        status,
        form=form,
        event=event,
        # Only who has been shown what others changed may go on from there.
        version=event.version if event and stale else form.value("version") or "0",
        fixed=event is not None and event.state != State.DRAFT,
        present=_otherwise(form, event) if event and stale else {},
        partners=await partners(screen.tx, screen.who.station),
    )


def _details(said: Changes, zone: ZoneInfo, event: Event | None = None) -> Details:
    """What was said, with what is announced as the event has it already."""
    if isinstance(said, Plan):
        times = {
            name: getattr(said, name).replace(tzinfo=zone) for name in ("starts_at", "ends_at")
        }
    else:
        times = {name: getattr(event, name) for name in ANNOUNCED}
    return Details(**{**said.model_dump(exclude={"version"}), **times})


def _values(event: Event) -> dict[str, str]:
    """An event as its form shows it."""
    plain = {name: getattr(event, name) for name in Plan.model_fields}
    plain |= {"starts_at": _written(event.local_start), "ends_at": _written(event.local_end)}
    return {name: "" if value is None else str(value) for name, value in plain.items()}


def _otherwise(form: Filled[Changes], event: Event) -> dict[str, str]:
    """What the event says now where the form says something else."""
    return {
        name: now
        for name, now in _values(event).items()
        if name in form.values and name != "version" and form.value(name).split() != now.split()
    }


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
