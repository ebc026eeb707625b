"""The public pages of events: list, detail, join, leave, and the check-in code."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.intake.events import attendance, queries
from services.intake.events.errors import AlreadyCheckedIn, AlreadyJoined, NotJoined, Overlaps
from services.intake.events.participation import ACTIVE_STATES
from services.intake.events.queries import EventFilter, EventForReader
from services.intake.settings import SETTINGS
from services.intake.web.events.flash_messages import flash_message
from services.intake.web.kit.forms import parse_form, problem_text
from services.intake.web.kit.page_context import CurrentPage, FlashKey, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.kit.qr import qr
from shared.auth import NOBODY, Actor, Role
from shared.contracts.events import EventRole
from shared.errors import Conflict, Invalid, NotFound, Problem
from shared.pagination import Page, PageRequest
from shared.policies import RESIDENTS
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
    """A request to join; `resident` is for the desk, `insist` allows an overlap."""

    role: EventRole = "guest"
    insist: bool = False
    resident: UUID | None = None


class LeaveForm(RequestModel):
    """A request to leave; `resident` is for the desk."""

    resident: UUID | None = None


@pages.get("/events", policy="public")
async def list_events(
    page: CurrentPage,
    tab: Annotated[EventTab, Query(alias="list")] = "coming",
    after: UUID | None = None,
) -> Response:
    """Show the coming events, the actor's own, or the past ones."""
    actor = page.actor
    tabs: tuple[EventTab, ...] = ("coming", "past")
    if actor is not None and actor.has(Role.RESIDENT):
        tabs = ("coming", "mine", "past")
    tab = tab if tab in tabs else "coming"
    station = (await page.station()).id
    events: Page[EventForReader] = await queries.list_events(
        page.tx, station, actor, FILTERS[tab], PageRequest(after, PAGE_SIZE)
    )
    return await page.show("events/list.html", tabs=tabs, tab=tab, events=events)


@pages.get("/events/{event_id}", policy="public")
async def show_event(page: CurrentPage, event_id: UUID, flash_key: FlashKey = "") -> Response:
    """Show one event."""
    return await event_page(page, event_id, flash_key=flash_key)


@pages.post("/events/{event_id}/join", policy="events.join")
async def join(page: CurrentPage, event_id: UUID) -> Response:
    """Join an event; ask first if it overlaps with another."""
    form = await parse_form(page, JoinForm)
    if form.body is None:
        raise NotFound
    body = form.body
    actor = _acting_actor(page, body.resident)
    try:
        await attendance.join(page.tx, actor, event_id, body.role, allow_overlap=body.insist)
    except Overlaps as overlap:
        item = await _load_event(page, event_id)
        sentence = page.translate(overlap.title, **overlap.params)
        return await page.show("events/overlap.html", 409, item=item, sentence=sentence, form=form)
    except (Conflict, Invalid) as problem:
        return await _problem_response(page, event_id, body.resident, problem)
    return page.redirect(_next_path(event_id, "joined", body.resident))


@pages.get("/events/{event_id}/leave", policy="events.join")
async def show_leave(page: CurrentPage, event_id: UUID) -> Response:
    """Show the page that asks before leaving."""
    return await page.show("events/leave.html", item=await _load_event(page, event_id))


@pages.post("/events/{event_id}/leave", policy="events.join")
async def leave(page: CurrentPage, event_id: UUID) -> Response:
    """Leave an event."""
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
async def show_code(page: CurrentPage, event_id: UUID) -> Response:
    """Show the actor's check-in code as a QR code and as characters to read out."""
    item = await _load_event(page, event_id)
    try:
        code = await queries.get_own_code(page.tx, page.signed_in_actor, event_id)
    except Conflict as problem:
        return await _problem_response(page, event_id, None, problem)
    settings = SETTINGS.get(page.request.app.state)
    address = f"{settings.public_url}/events/{event_id}/check-in?code={code.text}"
    return await page.show("events/my_code.html", item=item, code=code, qr_code=qr(address))


@pages.get("/participations/{participation_id}", policy="events.list")
async def redirect_to_event(page: CurrentPage, participation_id: UUID) -> Response:
    """Redirect to the event of a participation: notices and points refer to participations."""
    participation = await queries.get_participation(page.tx, page.signed_in_actor, participation_id)
    return page.redirect(f"/events/{participation.event_id}")


async def event_page(
    page: PageContext, event_id: UUID, *, flash_key: str = "", problem: Problem | None = None
) -> Response:
    """Render the page of an event, with a flash message or a problem."""
    item = await _load_event(page, event_id)
    # Anonymous readers are offered what they can do once they have signed in.
    actor = page.actor or Actor(item.event.station_id, NOBODY, RESIDENTS)
    return await page.show(
        "events/detail.html",
        problem.status if problem else 200,
        item=item,
        event_actions=item.event.allowed_actions(actor),
        own_actions=item.mine.allowed_actions(actor) if item.mine else (),
        has_place=item.mine is not None and item.mine.state in ACTIVE_STATES,
        counts=await queries.count_by_state(page.tx, actor, event_id) if actor.is_staff else {},
        flash=flash_message(flash_key, item),
        problem=problem_text(page, problem) if problem else None,
    )


async def _problem_response(
    page: PageContext, event_id: UUID, resident: UUID | None, problem: Problem
) -> Response:
    """Show `problem` on the page of the event, which shows some problems by itself."""
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
