"""The endpoints of events."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions, attendance, queries
from services.intake.events.attendance import AttendanceResult
from services.intake.events.models import Event, EventState
from services.intake.events.queries import EventFilter, EventPeriod
from services.intake.events.schemas import (
    AttendanceView,
    Cancel,
    CheckIn,
    CheckOut,
    Close,
    CodeView,
    EventBody,
    EventView,
    Join,
    ParticipantView,
    Undo,
)
from services.intake.on_behalf_request import OnBehalfRequest
from shared.auth import Actor
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Tx
from shared.web.pagination import Pagination
from shared.web.preconditions import ETag, IfMatch

router = ApiRouter(prefix="/events", tags=["events"])
# The bodies of requests that have none.
EMPTY_REQUEST, EMPTY_JOIN, EMPTY_CLOSE = OnBehalfRequest(), Join(), Close()


def _event_filter(
    when: EventPeriod | None = None,
    state: Annotated[list[EventState] | None, Query(max_length=len(EventState))] = None,
    mine: bool = False,
) -> EventFilter:
    """Build the filter of the list of events; `state` may be repeated."""
    return EventFilter(period=when, states=tuple(state or ()), mine=mine)


async def _event_view(tx: AsyncSession, actor: Actor, event: Event) -> EventView:
    return EventView.of(await queries.for_reader(tx, actor, event))


async def _attendance_view(
    tx: AsyncSession, actor: Actor, result: AttendanceResult
) -> AttendanceView:
    participant = await queries.get_participant(tx, actor, result.participation)
    return AttendanceView.of(participant, changed=result.changed)


@router.post("", policy="events.write", status_code=201, problems=(404,))
async def create_event(body: EventBody, tx: Tx, actor: CurrentActor, etag: ETag) -> EventView:
    """Plan an event; it is a draft until it is published."""
    event = await actions.create(tx, actor, body)
    etag.set_etag(event.version)
    return await _event_view(tx, actor, event)


@router.get("", policy="events.list")
async def list_events(
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[EventFilter, Depends(_event_filter)],
    pagination: Pagination,
) -> list[EventView]:
    """List events: the coming ones soonest first, otherwise newest first; drafts for the desk."""
    events = pagination.set_next_link(
        await queries.list_events(tx, actor.station, actor, filters, pagination.page_request)
    )
    return [EventView.of(event) for event in events.items]


@router.get("/{event_id}", policy="events.list")
async def get_event(event_id: UUID, tx: Tx, actor: CurrentActor, etag: ETag) -> EventView:
    """Return an event with its occupied places and one's own participation."""
    for_reader = await queries.get(tx, actor.station, actor, event_id)
    etag.set_etag(for_reader.event.version)
    return EventView.of(for_reader)


@router.put("/{event_id}", policy="events.write")
async def edit_event(
    event_id: UUID, body: EventBody, tx: Tx, actor: CurrentActor, edit: IfMatch
) -> EventView:
    """Change an event; once published, what, where and when stay as they are."""
    event = await actions.edit(tx, actor, event_id, body, edit.expected)
    edit.set_etag(event.version)
    return await _event_view(tx, actor, event)


@router.post("/{event_id}/publish", policy="events.write")
async def publish_event(event_id: UUID, tx: Tx, actor: CurrentActor) -> EventView:
    """Show an event to everybody and let people join."""
    return await _event_view(tx, actor, await actions.publish(tx, actor, event_id))


@router.post("/{event_id}/cancel", policy="events.write")
async def cancel_event(event_id: UUID, body: Cancel, tx: Tx, actor: CurrentActor) -> EventView:
    """Cancel an event; everybody who joined is told the reason."""
    return await _event_view(tx, actor, await actions.cancel(tx, actor, event_id, body.reason))


@router.post("/{event_id}/close", policy="events.write")
async def close_event(
    event_id: UUID, tx: Tx, actor: CurrentActor, body: Close = EMPTY_CLOSE
) -> EventView:
    """Close an event: who is present has attended until now, who never checked in missed it."""
    return await _event_view(tx, actor, await actions.close(tx, actor, event_id, body.result))


@router.post("/{event_id}/join", policy="events.join")
async def join_event(
    event_id: UUID, tx: Tx, actor: CurrentActor, body: Join = EMPTY_JOIN
) -> EventView:
    """Take a place; the desk does so on behalf of a resident."""
    actor = actor.acting_for(body.on_behalf_of)
    mine = await attendance.join(tx, actor, event_id, body.role, allow_overlap=body.insist)
    return EventView.of(await queries.for_participant(tx, mine))


@router.post("/{event_id}/leave", policy="events.join")
async def leave_event(
    event_id: UUID, tx: Tx, actor: CurrentActor, body: OnBehalfRequest = EMPTY_REQUEST
) -> EventView:
    """Give the place back."""
    actor = actor.acting_for(body.on_behalf_of)
    mine = await attendance.leave(tx, actor, event_id)
    return EventView.of(await queries.for_participant(tx, mine))


@router.post("/{event_id}/check-in", policy="events.attend")
async def check_in(event_id: UUID, body: CheckIn, tx: Tx, actor: CurrentActor) -> AttendanceView:
    """Check somebody in, by code or by resident; a repeat changes nothing."""
    return await _attendance_view(
        tx, actor, await attendance.check_in(tx, actor, event_id, body.to_attendee())
    )


@router.post("/{event_id}/check-out", policy="events.attend")
async def check_out(event_id: UUID, body: CheckOut, tx: Tx, actor: CurrentActor) -> AttendanceView:
    """Check somebody out, and award points for the minutes; a repeat changes nothing."""
    return await _attendance_view(
        tx, actor, await attendance.check_out(tx, actor, event_id, body.to_attendee(), body.minutes)
    )


@router.post("/{event_id}/undo-check-in", policy="events.attend")
async def undo_check_in(event_id: UUID, body: Undo, tx: Tx, actor: CurrentActor) -> AttendanceView:
    """Undo the check-in of the wrong person, who is expected again."""
    return await _attendance_view(
        tx, actor, await attendance.undo_check_in(tx, actor, event_id, body.resident_id)
    )


@router.get("/{event_id}/participants", policy="events.attend")
async def list_participants(
    event_id: UUID, tx: Tx, actor: CurrentActor, pagination: Pagination
) -> list[ParticipantView]:
    """List who takes part or left, newest first."""
    participants = pagination.set_next_link(
        await queries.list_participants(tx, actor, event_id, pagination.page_request)
    )
    return [ParticipantView.of(one) for one in participants.items]


@router.get("/{event_id}/my-code", policy="events.my-code", problems=(409,))
async def my_code(event_id: UUID, tx: Tx, actor: CurrentActor) -> CodeView:
    """Return the code to show at check-in or check-out; it changes every five minutes."""
    code = await queries.get_own_code(tx, actor, event_id)
    return CodeView(code=code.text, purpose=code.purpose, valid_until=code.valid_until)
