"""The check-in desk of an event: by the code that somebody shows, or by their name."""

from contextlib import suppress
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from services.intake.events import attendance, queries
from services.intake.events.attendance import AttendeeRef, ParticipationResult
from services.intake.events.errors import UnknownCode
from services.intake.events.models import Event, EventState
from services.intake.events.participation import ParticipationState
from services.intake.events.schemas import TypedCode
from services.intake.residents import queries as residents
from services.intake.web.kit.forms import BoundForm, parse_form, with_problem
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.errors import Conflict, Invalid
from shared.language import N_
from shared.web.http import RequestModel

pages = PageRouter()
CHECKED_IN = N_("%(name)s is checked in.")
CHECKED_OUT = N_("%(name)s is checked out after %(minutes)s minutes.")
MINUTES_RECORDED = N_("%(name)s was there for %(minutes)s minutes.")
CHECK_IN_UNDONE = N_("%(name)s is expected again.")
ALREADY_RECORDED = N_("%(name)s was checked in or out before; nothing has changed.")


class CheckInByCode(RequestModel):
    """A code that somebody shows; it says itself whether they come or go."""

    code: TypedCode


class CheckInByName(RequestModel):
    """Somebody of the list, who comes, goes, or was taken for somebody else.

    `minutes` are those of a list on paper.
    """

    resident: UUID
    act: Literal["in", "out", "undo"]
    minutes: Annotated[int, Field(ge=0, le=4320)] | None = None
    name: Annotated[str, StringConstraints(max_length=40)] = ""


@pages.get("/events/{event_id}/door", policy="events.attend")
async def check_in_desk(
    page: CurrentPage, event_id: UUID, code: str = "", name: str = ""
) -> Response:
    """The desk; `code` comes from a QR code that was scanned, `name` narrows the list."""
    event = (
        await queries.get(page.tx, page.signed_in_actor.station, page.signed_in_actor, event_id)
    ).event
    if event.state not in (EventState.PUBLISHED, EventState.CLOSED):
        return page.redirect(f"/events/{event_id}")
    form: BoundForm[CheckInByCode] = BoundForm(values={"code": code[:20], "name": name[:40]})
    return await _page(page, event_id, form)


@pages.post("/events/{event_id}/door", policy="events.attend", idempotent=False)
async def check_in_by_code(page: CurrentPage, event_id: UUID) -> Response:
    """Check in or out whoever shows that code."""
    form = await parse_form(page, CheckInByCode)
    if form.body is None:
        return await _page(page, event_id, form, status=422)
    try:
        placed = await _check_in_or_out(page, event_id, AttendeeRef(code=form.body.code))
    except (Invalid, Conflict) as problem:
        form = with_problem(page, form, problem)
        return await _page(page, event_id, form, status=problem.status)
    sentence = (
        CHECKED_OUT if placed.participation.state == ParticipationState.ATTENDED else CHECKED_IN
    )
    return await _page(page, event_id, BoundForm(), await _flash_text(page, placed, sentence))


@pages.post("/events/{event_id}/door/people", policy="events.attend", idempotent=False)
async def check_in_by_name(page: CurrentPage, event_id: UUID) -> Response:
    """Check in or out somebody of the list, or undo it."""
    form = await parse_form(page, CheckInByName)
    if form.body is None:
        return await _page(page, event_id, form, status=422)
    body = form.body
    try:
        placed, sentence = await _record_attendance(page, event_id, body)
    except (Invalid, Conflict) as problem:
        form = with_problem(page, form, problem)
        return await _page(page, event_id, form, status=problem.status)
    found: BoundForm[CheckInByName] = BoundForm(values={"name": body.name})
    return await _page(page, event_id, found, await _flash_text(page, placed, sentence))


async def _record_attendance(
    page: PageContext, event_id: UUID, body: CheckInByName
) -> tuple[ParticipationResult, str]:
    """What became of somebody of the list, and the sentence that says it."""
    tx, actor, who = page.tx, page.signed_in_actor, AttendeeRef(resident_id=body.resident)
    if body.act == "in":
        return await attendance.check_in(tx, actor, event_id, who), CHECKED_IN
    if body.act == "undo":
        return await attendance.undo_check_in(tx, actor, event_id, body.resident), CHECK_IN_UNDONE
    sentence = CHECKED_OUT if body.minutes is None else MINUTES_RECORDED
    return await attendance.check_out(tx, actor, event_id, who, body.minutes), sentence


async def _check_in_or_out(
    page: PageContext, event_id: UUID, attendee: AttendeeRef
) -> ParticipationResult:
    try:
        return await attendance.check_in(page.tx, page.signed_in_actor, event_id, attendee)
    except UnknownCode:
        return await attendance.check_out(page.tx, page.signed_in_actor, event_id, attendee)


async def _page(
    page: PageContext,
    event_id: UUID,
    form: BoundForm[CheckInByCode] | BoundForm[CheckInByName],
    flash: str | None = None,
    status: int = 200,
) -> Response:
    people = await queries.list_for_check_in(
        page.tx, page.signed_in_actor, event_id, form.value("name")
    )
    seen = await queries.get(page.tx, page.signed_in_actor.station, page.signed_in_actor, event_id)
    return await page.show(
        "events/door.html",
        status,
        item=seen,
        form=form,
        people=people,
        is_truncated=len(people) >= queries.MAX_CHECK_IN_LIST,
        counts=await queries.count_by_state(page.tx, page.signed_in_actor, event_id),
        accepts_late_entry=_accepts_late_entry(seen.event),
        flash=flash,
    )


def _accepts_late_entry(event: Event) -> bool:
    """Whether who was there can still be entered from a list on paper."""
    with suppress(Conflict):
        event.check_late_entry()
        return event.has_ended
    return False


async def _flash_text(page: PageContext, result: ParticipationResult, sentence: str) -> str:
    part = result.participation
    people = await residents.people(page.tx, page.signed_in_actor.station, [part.resident_id])
    return page.translate(
        sentence if result.changed else ALREADY_RECORDED,
        name=people[part.resident_id].name,
        minutes=part.minutes,
    )
