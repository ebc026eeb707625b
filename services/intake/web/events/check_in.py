"""The check-in desk of an event: by the code that somebody shows, or by their name."""

from contextlib import suppress
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from services.intake.events import attendance, queries
from services.intake.events.attendance import Placed, Who
from services.intake.events.errors import UnknownCode
from services.intake.events.models import Event, State
from services.intake.events.participation import Part
from services.intake.events.schemas import CodeTyped
from services.intake.residents import queries as residents
from services.intake.web.kit.forms import Filled, filled, refused
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from shared.errors import Conflict, Invalid
from shared.language import N_
from shared.web.http import Body

pages = Pages()
CAME = N_("%(name)s is checked in.")
WENT = N_("%(name)s is checked out after %(minutes)s minutes.")
STAYED = N_("%(name)s was there for %(minutes)s minutes.")
UNDONE = N_("%(name)s is expected again.")
BEFORE = N_("%(name)s was checked in or out before; nothing has changed.")


class ByCode(Body):
    """A code that somebody shows; it says itself whether they come or go."""

    code: CodeTyped


class ByName(Body):
    """Somebody of the list, who comes, goes, or was taken for somebody else.

    `minutes` are those of a list on paper.
    """

    resident: UUID
    act: Literal["in", "out", "undo"]
    minutes: Annotated[int, Field(ge=0, le=4320)] | None = None
    name: Annotated[str, StringConstraints(max_length=40)] = ""


@pages.get("/events/{event_id}/door", policy="events.attend")
async def door(screen: Shown, event_id: UUID, code: str = "", name: str = "") -> Response:
    """The desk; `code` comes from a QR code that was scanned, `name` narrows the list."""
    event = (await queries.get(screen.tx, screen.who.station, screen.who, event_id)).event
    if event.state not in (State.PUBLISHED, State.CLOSED):
        return screen.go(f"/events/{event_id}")
    form: Filled[ByCode] = Filled(values={"code": code[:20], "name": name[:40]})
    return await _page(screen, event_id, form)


@pages.post("/events/{event_id}/door", policy="events.attend", once=False)
async def by_code(screen: Shown, event_id: UUID) -> Response:
    """Check in or out whoever shows that code."""
    form = await filled(screen, ByCode)
    if form.body is None:
        return await _page(screen, event_id, form, status=422)
    try:
        placed = await _came_or_went(screen, event_id, Who(code=form.body.code))
    except (Invalid, Conflict) as problem:
        form = refused(screen, form, problem)
        return await _page(screen, event_id, form, status=problem.status)
    sentence = WENT if placed.part.state == Part.ATTENDED else CAME
    return await _page(screen, event_id, Filled(), await _told(screen, placed, sentence))


@pages.post("/events/{event_id}/door/people", policy="events.attend", once=False)
async def by_name(screen: Shown, event_id: UUID) -> Response:
    """Check in or out somebody of the list, or undo it."""
    form = await filled(screen, ByName)
    if form.body is None:
        return await _page(screen, event_id, form, status=422)
    body = form.body
    try:
        placed, sentence = await _entered(screen, event_id, body)
    except (Invalid, Conflict) as problem:
        form = refused(screen, form, problem)
        return await _page(screen, event_id, form, status=problem.status)
    found: Filled[ByName] = Filled(values={"name": body.name})
    return await _page(screen, event_id, found, await _told(screen, placed, sentence))


async def _entered(screen: Screen, event_id: UUID, body: ByName) -> tuple[Placed, str]:
    """What became of somebody of the list, and the sentence that says it."""
    tx, actor, who = screen.tx, screen.who, Who(resident_id=body.resident)
    if body.act == "in":
        return await attendance.check_in(tx, actor, event_id, who), CAME
    if body.act == "undo":
        return await attendance.undo_check_in(tx, actor, event_id, body.resident), UNDONE
    sentence = WENT if body.minutes is None else STAYED
    return await attendance.check_out(tx, actor, event_id, who, body.minutes), sentence


async def _came_or_went(screen: Screen, event_id: UUID, who: Who) -> Placed:
    try:
        return await attendance.check_in(screen.tx, screen.who, event_id, who)
    except UnknownCode:
        return await attendance.check_out(screen.tx, screen.who, event_id, who)


async def _page(
    screen: Screen,
    event_id: UUID,
    form: Filled[ByCode] | Filled[ByName],
    told: str | None = None,
    status: int = 200,
) -> Response:
    people = await queries.at_the_door(screen.tx, screen.who, event_id, form.value("name"))
    seen = await queries.get(screen.tx, screen.who.station, screen.who, event_id)
    return await screen.show(
        "events/door.html",
        status,
        seen=seen,
        form=form,
        people=people,
        cut=len(people) >= queries.AT_THE_DOOR,
        counts=await queries.counts(screen.tx, screen.who, event_id),
        paper=_takes_paper(seen.event),
        told=told,
    )


def _takes_paper(event: Event) -> bool:
    """Whether who was there can still be entered from a list on paper."""
    with suppress(Conflict):
        event.check_paper()
        return event.has_ended
    return False


async def _told(screen: Screen, placed: Placed, sentence: str) -> str:
    part = placed.part
    people = await residents.people(screen.tx, screen.who.station, [part.resident_id])
    return screen.say(
        sentence if placed.changed else BEFORE,
        name=people[part.resident_id].name,
        minutes=part.minutes,
    )
