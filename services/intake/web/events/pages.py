"""Events as everybody sees them: the list, one event, joining and leaving it, the code to show."""

from typing import Literal
from uuid import UUID

from fastapi import Response

from services.intake.events import attendance, queries
from services.intake.events.errors import AlreadyJoined, AlreadyThere, NotJoined, Overlaps
from services.intake.events.participation import COMING
from services.intake.events.queries import Seen, Wanted
from services.intake.settings import IntakeSettings
from services.intake.web.events.flash_messages import told
from services.intake.web.kit.forms import filled, in_words
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.kit.qr import qr
from shared.auth import Actor, Role
from shared.contracts.events import EventRole
from shared.db import Page, Slice
from shared.errors import Conflict, Invalid, NotFound, Problem
from shared.web.http import Body

pages = Pages()
LIST = 20
Kind = Literal["coming", "mine", "past"]
WANTED = {
    "coming": Wanted(when="coming"),
    "mine": Wanted(mine=True),
    "past": Wanted(when="past"),
}


class Joining(Body):
    """In which role, for whom at the desk, and whether although something else is on."""

    role: EventRole = "guest"
    insist: bool = False
    resident: UUID | None = None


class Leaving(Body):
    """Who leaves, where the desk enters it."""

    resident: UUID | None = None


@pages.get("/events", policy="public")
async def listed(
    screen: Shown,
    list: Kind = "coming",
    after: UUID | None = None,
) -> Response:
    """Events: the coming ones, one's own, the past ones."""
    actor = screen.actor
    kinds: tuple[Kind, ...] = ("coming", "past")
    if actor is not None and actor.has(Role.RESIDENT):
        kinds = ("coming", "mine", "past")
    kind = list if list in kinds else "coming"
    station = (await screen.station()).id
    found: Page[Seen] = await queries.listed(
        screen.tx, station, actor, WANTED[kind], Slice(after, LIST)
    )
    return await screen.show("events/list.html", kinds=kinds, kind=kind, found=found)


@pages.get("/events/{event_id}", policy="public")
async def one(screen: Shown, event_id: UUID, done: str = "") -> Response:
    """One event: what, when, where, the places left, one's own part."""
    return await show_one(screen, event_id, done=done)


@pages.post("/events/{event_id}/join", policy="events.join")
async def join(screen: Shown, event_id: UUID) -> Response:
    """Take a place; where something else is on at that time, ask first."""
    form = await filled(screen, Joining)
    if form.body is None:
        raise NotFound
    body = form.body
    actor = _acting(screen, body.resident)
    try:
        await attendance.join(screen.tx, actor, event_id, body.role, insist=body.insist)
    except Overlaps as overlap:
        seen = await _seen(screen, event_id)
        sentence = screen.say(overlap.title, **overlap.params)
        return await screen.show(
            "events/overlap.html", 409, seen=seen, sentence=sentence, form=form
        )
    except (Conflict, Invalid) as problem:
        return await _refused(screen, event_id, body.resident, problem)
    return screen.go(_next(event_id, "joined", body.resident))


@pages.get("/events/{event_id}/leave", policy="events.join")
async def ask_to_leave(screen: Shown, event_id: UUID) -> Response:
    """Are you sure?"""
    return await screen.show("events/leave.html", seen=await _seen(screen, event_id))


@pages.post("/events/{event_id}/leave", policy="events.join")
async def leave(screen: Shown, event_id: UUID) -> Response:
    """Give the place back."""
    form = await filled(screen, Leaving)
    if form.body is None:
        raise NotFound
    resident = form.body.resident
    try:
        await attendance.leave(screen.tx, _acting(screen, resident), event_id)
    except Conflict as problem:
        return await _refused(screen, event_id, resident, problem)
    return screen.go(_next(event_id, "left", resident))


@pages.get("/events/{event_id}/my-code", policy="events.my-code")
async def my_code(screen: Shown, event_id: UUID) -> Response:
    """What to show at the door, as a picture and as characters to read out."""
    seen = await _seen(screen, event_id)
    try:
        code = await queries.my_code(screen.tx, screen.who, event_id)
    except Conflict as problem:
        return await _refused(screen, event_id, None, problem)
    settings: IntakeSettings = screen.request.app.state.runtime.settings
    address = f"{settings.public_url}/events/{event_id}/door?code={code.text}"
    return await screen.show("events/my_code.html", seen=seen, code=code, picture=qr(address))


@pages.get("/participations/{participation_id}", policy="events.list")
async def of_participation(screen: Shown, participation_id: UUID) -> Response:
    """The event that a participation belongs to: inbox and points speak of those."""
    part = await queries.participation(screen.tx, screen.who, participation_id)
    return screen.go(f"/events/{part.event_id}")


async def show_one(
    screen: Screen, event_id: UUID, *, done: str = "", refused: Problem | None = None
) -> Response:
    """The page of an event, with what was just done, or why it wasn't."""
    seen = await _seen(screen, event_id)
    actor = screen.actor
    at_desk = actor is not None and actor.at_desk
    return await screen.show(
        "events/one.html",
        refused.status if refused else 200,
        seen=seen,
        coming=seen.mine is not None and seen.mine.state in COMING,
        counts=await queries.counts(screen.tx, screen.who, event_id) if at_desk else {},
        done=told(done, seen),
        refused=in_words(screen, refused) if refused else None,
    )


async def _refused(
    screen: Screen, event_id: UUID, resident: UUID | None, problem: Problem
) -> Response:
    """Why not, on the page of the event, where one's own part may say it already."""
    if resident is not None:
        raise problem
    if isinstance(problem, (AlreadyJoined, AlreadyThere, NotJoined)):
        return screen.go(f"/events/{event_id}")
    return await show_one(screen, event_id, refused=problem)


async def _seen(screen: Screen, event_id: UUID) -> Seen:
    station = await screen.station()
    return await queries.get(screen.tx, station.id, screen.actor, event_id)


def _acting(screen: Screen, resident: UUID | None) -> Actor:
    if resident is not None and not screen.who.at_desk:
        raise NotFound
    return screen.who.acting_for(resident)


def _next(event_id: UUID, done: str, resident: UUID | None) -> str:
    if resident is None:
        return f"/events/{event_id}?done={done}"
    return f"/desk/residents/{resident}/events?done={done}-for&event={event_id}"
