"""The check-in desk of an event: check-in and check-out by code or by name."""

from contextlib import suppress
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from services.intake.events import attendance, queries
from services.intake.events.attendance import AttendanceResult, AttendeeRef
from services.intake.events.errors import UnknownCode
from services.intake.events.models import ACCEPTS_LATE_ENTRY, Event, EventState
from services.intake.events.participation import ParticipationState
from services.intake.events.schemas import TypedCode
from services.intake.web.kit.forms import BoundForm, parse_form, with_problem
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.auth import Actor
from shared.errors import Conflict, Invalid
from shared.language import N_
from shared.web.http import RequestModel

pages = PageRouter()
pages.moved("/events/{event_id}/door", "/events/{event_id}/check-in")
pages.moved("/events/{event_id}/door/people", "/events/{event_id}/check-in/people")
CHECKED_IN = N_("%(name)s is checked in.")
CHECKED_OUT = N_("%(name)s is checked out after %(minutes)s minutes.")
MINUTES_RECORDED = N_("%(name)s was there for %(minutes)s minutes.")
CHECK_IN_UNDONE = N_("%(name)s is expected again.")
ALREADY_RECORDED = N_("%(name)s was checked in or out before; nothing has changed.")


class CheckInByCode(RequestModel):
    """The code that a participant shows; the code decides between check-in and check-out."""

    code: TypedCode


class CheckInByName(RequestModel):
    """One check-in, check-out or undo of a participant on the list.

    `minutes` come from a list on paper.
    """

    resident: UUID
    act: Literal["in", "out", "undo"]
    minutes: Annotated[int, Field(ge=0, le=4320)] | None = None
    name: Annotated[str, StringConstraints(max_length=40)] = ""


@pages.get("/events/{event_id}/check-in", policy="events.attend")
async def show_check_in(
    page: CurrentPage, event_id: UUID, code: str = "", name: str = ""
) -> Response:
    """Show the check-in desk; `code` comes from a scanned QR code, `name` filters the list."""
    event = (
        await queries.get(page.tx, page.signed_in_actor.station, page.signed_in_actor, event_id)
    ).event
    if event.state not in (EventState.PUBLISHED, EventState.CLOSED):
        return page.redirect(f"/events/{event_id}")
    form: BoundForm[CheckInByCode] = BoundForm(values={"code": code[:20], "name": name[:40]})
    return await _page(page, event_id, form)


@pages.post("/events/{event_id}/check-in", policy="events.attend", idempotent=False)
async def check_in_by_code(page: CurrentPage, event_id: UUID) -> Response:
    """Check in or out the participant with that code."""
    form = await parse_form(page, CheckInByCode)
    if form.body is None:
        return await _page(page, event_id, form, status=422)
    try:
        result = await _check_in_or_out(page, event_id, AttendeeRef(code=form.body.code))
    except (Invalid, Conflict) as problem:
        form = with_problem(page, form, problem)
        return await _page(page, event_id, form, status=problem.status)
    sentence = (
        CHECKED_OUT if result.participation.state == ParticipationState.ATTENDED else CHECKED_IN
    )
    return await _page(page, event_id, BoundForm(), await _flash_text(page, result, sentence))


@pages.post("/events/{event_id}/check-in/people", policy="events.attend", idempotent=False)
async def check_in_by_name(page: CurrentPage, event_id: UUID) -> Response:
    """Check in or out a participant on the list, or undo their check-in."""
    form = await parse_form(page, CheckInByName)
    if form.body is None:
        return await _page(page, event_id, form, status=422)
    body = form.body
    try:
        result, sentence = await _record_attendance(page, event_id, body)
    except (Invalid, Conflict) as problem:
        form = with_problem(page, form, problem)
        return await _page(page, event_id, form, status=problem.status)
    search: BoundForm[CheckInByName] = BoundForm(values={"name": body.name})
    return await _page(page, event_id, search, await _flash_text(page, result, sentence))


async def _record_attendance(
    page: PageContext, event_id: UUID, body: CheckInByName
) -> tuple[AttendanceResult, str]:
    """Carry out `body` and return the result with the sentence for the flash message."""
    tx, actor, attendee = page.tx, page.signed_in_actor, AttendeeRef(resident_id=body.resident)
    if body.act == "in":
        return await attendance.check_in(tx, actor, event_id, attendee), CHECKED_IN
    if body.act == "undo":
        return await attendance.undo_check_in(tx, actor, event_id, body.resident), CHECK_IN_UNDONE
    sentence = CHECKED_OUT if body.minutes is None else MINUTES_RECORDED
    return await attendance.check_out(tx, actor, event_id, attendee, body.minutes), sentence


async def _check_in_or_out(
    page: PageContext, event_id: UUID, attendee: AttendeeRef
) -> AttendanceResult:
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
    actor = page.signed_in_actor
    item = await queries.get(page.tx, actor.station, actor, event_id)
    people = await queries.list_for_check_in(page.tx, actor, event_id, form.value("name"))
    return await page.show(
        "events/check_in.html",
        status,
        item=item,
        form=form,
        people=[(one, one.participation.allowed_actions(actor)) for one in people],
        is_truncated=len(people) >= queries.MAX_CHECK_IN_LIST,
        counts=await queries.count_by_state(page.tx, actor, event_id),
        accepts_late_entry=_accepts_late_entry(item.event, actor),
        flash=flash,
    )


def _accepts_late_entry(event: Event, actor: Actor) -> bool:
    """Return whether the page speaks of lists on paper: those of events that have ended."""
    with suppress(Conflict):
        for rule in ACCEPTS_LATE_ENTRY:
            rule(event, actor)
        return event.has_ended
    return False


async def _flash_text(page: PageContext, result: AttendanceResult, sentence: str) -> str:
    participation = result.participation
    participant = await queries.get_participant(page.tx, page.signed_in_actor, participation)
    return page.translate(
        sentence if result.changed else ALREADY_RECORDED,
        name=participant.person.name,
        minutes=participation.minutes,
    )
