"""Events as everybody sees them: the list, one event, joining and leaving it, the code to show."""

from typing import Literal
from uuid import UUID

from fastapi import Response

from services.intake.events import attendance, queries
from services.intake.events.errors import AlreadyCheckedIn, AlreadyJoined, NotJoined, Overlaps
from services.intake.events.participation import ACTIVE_STATES
from services.intake.events.queries import EventFilter, EventForReader
from services.intake.settings import IntakeSettings
from services.intake.web.events.flash_messages import flash_message
from services.intake.web.kit.forms import parse_form, problem_text
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.kit.qr import qr
from shared.auth import Actor, Role
from shared.contracts.events import EventRole
from shared.db import Page, PageRequest
from shared.errors import Conflict, Invalid, NotFound, Problem
from shared.web.http import RequestModel

pages = PageRouter()
PAGE_SIZE = 20
EventTab = Literal["coming", "mine", "past"]
FILTERS = {
    "coming": EventFilter(period="coming"),
    "mine": EventFilter(mine=True),
    "past": EventFilter(period="past"),
}


class JoinForm(RequestModel):
    """In which role, for whom at the desk, and whether although something else is on."""

    role: EventRole = "guest"
    insist: bool = False
    resident: UUID | None = None


class LeaveForm(RequestModel):
    """Who leaves, where the desk enters it."""

    resident: UUID | None = None


@pages.get("/events", policy="public")
async def list_events(
    page: CurrentPage,
    list: EventTab = "coming",
    after: UUID | None = None,
) -> Response:
    """Events: the coming ones, one's own, the past ones."""
    actor = page.actor
    kinds: tuple[EventTab, ...] = ("coming", "past")
    if actor is not None and actor.has(Role.RESIDENT):
        kinds = ("coming", "mine", "past")
    kind = list if list in kinds else "coming"
    station = (await page.station()).id
    found: Page[EventForReader] = await queries.list_events(
        page.tx, station, actor, FILTERS[kind], PageRequest(after, PAGE_SIZE)
    )
    return await page.show("events/list.html", kinds=kinds, kind=kind, events=found)


@pages.get("/events/{event_id}", policy="public")
async def show_event(page: CurrentPage, event_id: UUID, done: str = "") -> Response:
    """One event: what, when, where, the places left, one's own part."""
    return await event_page(page, event_id, flash_key=done)


@pages.post("/events/{event_id}/join", policy="events.join")
async def join(page: CurrentPage, event_id: UUID) -> Response:
    """Take a place; where something else is on at that time, ask first."""
    form = await parse_form(page, JoinForm)
    if form.body is None:
        raise NotFound
    body = form.body
    actor = _acting_actor(page, body.resident)
    try:
        await attendance.join(page.tx, actor, event_id, body.role, allow_overlap=body.insist)
    except Overlaps as overlap:
        seen = await _load_event(page, event_id)
        sentence = page.translate(overlap.title, **overlap.params)
        return await page.show("events/overlap.html", 409, item=seen, sentence=sentence, form=form)
    except (Conflict, Invalid) as problem:
        return await _problem_response(page, event_id, body.resident, problem)
    return page.redirect(_next_path(event_id, "joined", body.resident))


@pages.get("/events/{event_id}/leave", policy="events.join")
async def ask_to_leave(page: CurrentPage, event_id: UUID) -> Response:
    """Are you sure?"""
    return await page.show("events/leave.html", item=await _load_event(page, event_id))


@pages.post("/events/{event_id}/leave", policy="events.join")
async def leave(page: CurrentPage, event_id: UUID) -> Response:
    """Give the place back."""
    form = await parse_form(page, LeaveForm)
    if form.body is None:
        raise NotFound
    resident = form.body.resident
    try:
        await attendance.leave(page.tx, _acting_actor(page, resident), event_id)
    except Conflict as problem:
        return await _problem_response(page, event_id, resident, problem)
    return page.redirect(_next_path(event_id, "left", resident))


@pages.get("/events/{event_id}/my-code", policy="events.my-code")
async def my_code(page: CurrentPage, event_id: UUID) -> Response:
    """What to show at the door, as a picture and as characters to read out."""
    seen = await _load_event(page, event_id)
    try:
        code = await queries.my_code(page.tx, page.signed_in_actor, event_id)
    except Conflict as problem:
        return await _problem_response(page, event_id, None, problem)
    settings: IntakeSettings = page.request.app.state.runtime.settings
    address = f"{settings.public_url}/events/{event_id}/door?code={code.text}"
    return await page.show("events/my_code.html", item=seen, code=code, picture=qr(address))


@pages.get("/participations/{participation_id}", policy="events.list")
async def redirect_to_event(page: CurrentPage, participation_id: UUID) -> Response:
    """The event that a participation belongs to: inbox and points speak of those."""
    part = await queries.get_participation(page.tx, page.signed_in_actor, participation_id)
    return page.redirect(f"/events/{part.event_id}")


async def event_page(
    page: PageContext, event_id: UUID, *, flash_key: str = "", problem: Problem | None = None
) -> Response:
    """The page of an event, with what was just done, or why it wasn't."""
    seen = await _load_event(page, event_id)
    actor = page.actor
    at_desk = actor is not None and actor.is_staff
    return await page.show(
        "events/one.html",
        problem.status if problem else 200,
        item=seen,
        coming=seen.mine is not None and seen.mine.state in ACTIVE_STATES,
        counts=await queries.count_by_state(page.tx, page.signed_in_actor, event_id)
        if at_desk
        else {},
        flash=flash_message(flash_key, seen),
        problem=problem_text(page, problem) if problem else None,
    )


async def _problem_response(
    page: PageContext, event_id: UUID, resident: UUID | None, problem: Problem
) -> Response:
    """Why not, on the page of the event, where one's own part may say it already."""
    if resident is not None:
        raise problem
    if isinstance(problem, (AlreadyJoined, AlreadyCheckedIn, NotJoined)):
        return page.redirect(f"/events/{event_id}")
    return await event_page(page, event_id, problem=problem)


async def _load_event(page: PageContext, event_id: UUID) -> EventForReader:
    station = await page.station()
    return await queries.get(page.tx, station.id, page.actor, event_id)


def _acting_actor(page: PageContext, resident: UUID | None) -> Actor:
    if resident is not None and not page.signed_in_actor.is_staff:
        raise NotFound
    return page.signed_in_actor.acting_for(resident)


def _next_path(event_id: UUID, flash_key: str, resident: UUID | None) -> str:
    if resident is None:
        return f"/events/{event_id}?done={flash_key}"
    return f"/desk/residents/{resident}/events?done={flash_key}-for&event={event_id}"
