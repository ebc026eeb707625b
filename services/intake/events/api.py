"""Events over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events import actions, attendance, queries
from services.intake.events.attendance import Placed
from services.intake.events.models import Event, State
from services.intake.events.queries import Wanted, When
from services.intake.events.schemas import (
    Act,
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
from services.intake.residents import queries as residents
from shared.auth import Actor
from shared.web.http import Api, Tx, Where, Who
from shared.web.preconditions import ETag, IfMatch

router = Api(prefix="/events", tags=["events"])
# What a request without a body says.
NOTHING_SAID, AS_GUEST, UNSAID = Act(), Join(), Close()


def _wanted(
    when: When | None = None,
    state: Annotated[list[State] | None, Query(max_length=len(State))] = None,
    mine: bool = False,
) -> Wanted:
    """Which events to list; `state` may be repeated."""
    return Wanted(when=when, states=tuple(state or ()), mine=mine)


async def _shown(tx: AsyncSession, actor: Actor, event: Event) -> EventView:
    return EventView.of(await queries.seen(tx, actor, event))


async def _attendance(tx: AsyncSession, actor: Actor, placed: Placed) -> AttendanceView:
    part = placed.part
    people = await residents.people(tx, actor.station, [part.resident_id])
    return AttendanceView.of(part, people[part.resident_id].name, changed=placed.changed)


@router.post("", policy="events.write", status_code=201, problems=(404,))
async def create_event(body: EventBody, tx: Tx, actor: Who, etag: ETag) -> EventView:
    """Plan an event; it is a draft until it is published."""
    event = await actions.create(tx, actor, body.details())
    etag.name(event.version)
    return await _shown(tx, actor, event)


@router.get("", policy="events.list")
async def list_events(
    tx: Tx,
    actor: Who,
    wanted: Annotated[Wanted, Depends(_wanted)],
    where: Where,
) -> list[EventView]:
    """Events: the coming ones soonest first, otherwise newest first; drafts are the desk's."""
    found = where.link(await queries.listed(tx, actor.station, actor, wanted, where.part))
    return [EventView.of(seen) for seen in found.items]


@router.get("/{event_id}", policy="events.list")
async def get_event(event_id: UUID, tx: Tx, actor: Who, etag: ETag) -> EventView:
    """One event with the places that are taken, and one's own part in it."""
    seen = await queries.get(tx, actor.station, actor, event_id)
    etag.name(seen.event.version)
    return EventView.of(seen)


@router.put("/{event_id}", policy="events.write")
async def edit_event(
    event_id: UUID, body: EventBody, tx: Tx, actor: Who, edit: IfMatch
) -> EventView:
    """Change an event; once published, what, where and when stay as they are."""
    event = await actions.edit(tx, actor, event_id, body.details(), edit.expected)
    edit.name(event.version)
    return await _shown(tx, actor, event)


@router.post("/{event_id}/publish", policy="events.write")
async def publish_event(event_id: UUID, tx: Tx, actor: Who) -> EventView:
    """Show an event to everybody and let people join."""
    return await _shown(tx, actor, await actions.publish(tx, actor, event_id))


@router.post("/{event_id}/cancel", policy="events.write")
async def cancel_event(event_id: UUID, body: Cancel, tx: Tx, actor: Who) -> EventView:
    """Call an event off; everybody who joined is told why."""
    return await _shown(tx, actor, await actions.cancel(tx, actor, event_id, body.reason))


@router.post("/{event_id}/close", policy="events.write")
async def close_event(event_id: UUID, tx: Tx, actor: Who, body: Close = UNSAID) -> EventView:
    """Settle an event: who is there was there until now, who never came has missed it."""
    return await _shown(tx, actor, await actions.close(tx, actor, event_id, body.result))


@router.post("/{event_id}/join", policy="events.join")
async def join_event(event_id: UUID, tx: Tx, actor: Who, body: Join = AS_GUEST) -> EventView:
    """Take a place; at the desk on behalf of a resident."""
    actor = actor.acting_for(body.on_behalf_of)
    placed = await attendance.join(tx, actor, event_id, body.role, insist=body.insist)
    return EventView.of(await queries.seen_with(tx, placed.event, placed.part))


@router.post("/{event_id}/leave", policy="events.join")
async def leave_event(event_id: UUID, tx: Tx, actor: Who, body: Act = NOTHING_SAID) -> EventView:
    """Give the place back."""
    actor = actor.acting_for(body.on_behalf_of)
    placed = await attendance.leave(tx, actor, event_id)
    return await _shown(tx, actor, placed.event)


@router.post("/{event_id}/check-in", policy="events.attend")
async def check_in(event_id: UUID, body: CheckIn, tx: Tx, actor: Who) -> AttendanceView:
    """Somebody is there, known by their code or by who they are; again changes nothing."""
    return await _attendance(tx, actor, await attendance.check_in(tx, actor, event_id, body.who()))


@router.post("/{event_id}/check-out", policy="events.attend")
async def check_out(event_id: UUID, body: CheckOut, tx: Tx, actor: Who) -> AttendanceView:
    """Somebody goes; points follow from how long they were there. Again changes nothing."""
    return await _attendance(
        tx, actor, await attendance.check_out(tx, actor, event_id, body.who(), body.minutes)
    )


@router.post("/{event_id}/undo-check-in", policy="events.attend")
async def undo_check_in(event_id: UUID, body: Undo, tx: Tx, actor: Who) -> AttendanceView:
    """The wrong person was checked in: they are expected again."""
    return await _attendance(
        tx, actor, await attendance.undo_check_in(tx, actor, event_id, body.resident_id)
    )


@router.get("/{event_id}/participants", policy="events.attend")
async def list_participants(
    event_id: UUID, tx: Tx, actor: Who, where: Where
) -> list[ParticipantView]:
    """Who takes part, or left, newest first."""
    found = where.link(await queries.participants(tx, actor, event_id, where.part))
    return [ParticipantView.of(one) for one in found.items]


@router.get("/{event_id}/my-code", policy="events.my-code", problems=(409,))
async def my_code(event_id: UUID, tx: Tx, actor: Who) -> CodeView:
    """The code to show at the door, for coming or for going; it changes every five minutes."""
    code = await queries.my_code(tx, actor, event_id)
    return CodeView(code=code.text, purpose=code.purpose, valid_until=code.valid_until)
