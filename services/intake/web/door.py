"""The check-in desk of an event: by the code that somebody shows, or by their name."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from services.intake.events import attendance, queries
from services.intake.events.attendance import Placed, Who
from services.intake.events.participation import Part
from services.intake.events.refusals import UnknownCode
from services.intake.events.views import CodeTyped
from services.intake.residents import queries as residents
from services.intake.web.forms import Filled, filled, refused
from services.intake.web.pages import Pages
from services.intake.web.screen import Screen, Shown
from shared.errors import Conflict, Invalid
from shared.http import Body
from shared.language import N_

pages = Pages()
CAME = N_("%(name)s is checked in.")
WENT = N_("%(name)s is checked out after %(minutes)s minutes.")
BEFORE = N_("%(name)s was checked in or out before; nothing has changed.")


class ByCode(Body):
    """A code that somebody shows; it says itself whether they come or go."""

    code: CodeTyped


class ByName(Body):
    """Somebody without a phone, who comes or goes; `minutes` are those of a list on paper."""

    resident: UUID
    act: Literal["in", "out"]
    minutes: Annotated[int, Field(ge=0, le=4320)] | None = None
    name: Annotated[str, StringConstraints(max_length=40)] = ""


@pages.get("/events/{event_id}/door", policy="events.attend")
async def door(screen: Shown, event_id: UUID, code: str = "", name: str = "") -> Response:
    """The desk; `code` comes from a QR code that was scanned, `name` narrows the list."""
    form: Filled[ByCode] = Filled(values={"code": code[:20], "name": name[:40]})
    return await _page(screen, event_id, form)


@pages.post("/events/{event_id}/door", policy="events.attend", once=False)
async def by_code(screen: Shown, event_id: UUID) -> Response:
    """Check in or out whoever shows that code."""
    form = await filled(screen, ByCode)
    if form.body is None:
        return await _page(screen, event_id, form, status=422)
    who = Who(code=form.body.code)
    try:
        placed = await _came_or_went(screen, event_id, who)
    except (Invalid, Conflict) as problem:
        return await _page(screen, event_id, refused(screen, form, problem), status=problem.status)
    return await _page(screen, event_id, Filled(), placed)


@pages.post("/events/{event_id}/door/people", policy="events.attend", once=False)
async def by_name(screen: Shown, event_id: UUID) -> Response:
    """Check in or out somebody of the list."""
    form = await filled(screen, ByName)
    if form.body is None:
        return await _page(screen, event_id, form, status=422)
    body, who = form.body, Who(resident_id=form.body.resident)
    try:
        if body.act == "in":
            placed = await attendance.check_in(screen.tx, screen.who, event_id, who)
        else:
            placed = await attendance.check_out(screen.tx, screen.who, event_id, who, body.minutes)
    except (Invalid, Conflict) as problem:
        return await _page(screen, event_id, refused(screen, form, problem), status=problem.status)
    return await _page(screen, event_id, Filled(values={"name": body.name}), placed)


async def _came_or_went(screen: Screen, event_id: UUID, who: Who) -> Placed:
    try:
        return await attendance.check_in(screen.tx, screen.who, event_id, who)
    except UnknownCode:
        return await attendance.check_out(screen.tx, screen.who, event_id, who)


async def _page(
    screen: Screen,
    event_id: UUID,
    form: Filled[ByCode] | Filled[ByName],
    placed: Placed | None = None,
    status: int = 200,
) -> Response:
    people = await queries.at_the_door(screen.tx, screen.who, event_id, form.value("name"))
    counts = await queries.counts(screen.tx, screen.who, event_id)
    return await screen.show(
        "events/door.html",
        status,
        seen=await queries.get(screen.tx, screen.who.station, screen.who, event_id),
        form=form,
        people=people,
        expected=counts.get(Part.JOINED, 0),
        present=counts.get(Part.PRESENT, 0),
        gone=counts.get(Part.ATTENDED, 0),
        told=await _told(screen, placed) if placed else None,
    )


async def _told(screen: Screen, placed: Placed) -> str:
    part = placed.part
    person = (await residents.people(screen.tx, screen.who.station, [part.resident_id]))[
        part.resident_id
    ]
    sentence = WENT if part.state == Part.ATTENDED else CAME
    return screen.say(
        sentence if placed.changed else BEFORE, name=person.name, minutes=part.minutes
    )
