"""Residents' actions on events: join, leave, check in and check out."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import immediateload

from services.intake.delegation import require_resident
from services.intake.events import codes
from services.intake.events.actions import get_for_update
from services.intake.events.codes import Purpose
from services.intake.events.errors import AlreadyJoined, Full, NotJoined, Overlaps, UnknownCode
from services.intake.events.models import Event
from services.intake.events.participation import (
    ACTIVE_STATES,
    CHECKED_IN_STATES,
    Participation,
    ParticipationState,
)
from services.intake.events.places import free_place, load_join_context, take_place
from services.intake.residents import queries as residents
from shared import clock
from shared.auth import Actor
from shared.contracts.events import EventJoined, EventRole
from shared.db import sealer_of
from shared.state import record_pending, save


@dataclass(frozen=True)
class AttendeeRef:
    """A reference to the attendee to check in or out: the shown code, or the resident id."""

    code: str | None = None
    resident_id: UUID | None = None


@dataclass(frozen=True)
class JoinRequest:
    """A request for a place: in which role, whether overlaps are allowed, and when it was made."""

    role: EventRole
    allow_overlap: bool = False
    requested_at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True)
class AttendanceResult:
    """A participation after check-in or check-out; `changed` is False for a repeat."""

    participation: Participation
    changed: bool = True


async def join(
    tx: AsyncSession, actor: Actor, event_id: UUID, role: EventRole, *, allow_overlap: bool = False
) -> Participation:
    """Take a place, for oneself or at the desk for a resident.

    Raises: NotPublished, EventOver, NoSuchPlaces, Full, AlreadyJoined, Overlaps.
    """
    return await join_at(tx, actor, event_id, JoinRequest(role, allow_overlap=allow_overlap))


async def join_at(
    tx: AsyncSession, actor: Actor, event_id: UUID, request: JoinRequest
) -> Participation:
    """Take a place in an event that was not over at `request.requested_at`. Raises: as `join`."""
    require_resident(actor)
    # A person's joins wait for each other, or two overlapping ones could both pass.
    await residents.lock_resident(tx, actor.station, actor.subject_id)
    event, state, overlapping_title = await load_join_context(tx, actor, event_id)
    if state is not None and state != ParticipationState.LEFT:
        raise AlreadyJoined
    event.join(actor, request.role, request.requested_at)
    if overlapping_title is not None and not request.allow_overlap:
        raise Overlaps(title=overlapping_title)
    participation = await take_place(tx, actor, event, request.role, request.requested_at)
    if participation is None:
        # Meanwhile somebody took the last place or closed the event.
        await tx.refresh(event)
        event.join(actor, request.role, request.requested_at)
        raise Full
    participation.announce(EventJoined)
    await record_pending(tx, [participation])
    return participation


async def leave(tx: AsyncSession, actor: Actor, event_id: UUID) -> Participation:
    """Give one's place back. Raises: NotJoined, AlreadyCheckedIn, NotPublished, EventOver."""
    require_resident(actor)
    participation = await _load_by_resident(tx, actor, event_id, actor.subject_id)
    participation.leave(actor)
    await free_place(tx, participation)
    return await save(tx, actor, participation)


async def check_in(
    tx: AsyncSession, actor: Actor, event_id: UUID, attendee: AttendeeRef
) -> AttendanceResult:
    """Check an attendee in; a repeat changes nothing.

    Raises: UnknownCode, NotJoined, NotPublished, CheckInNotOpen, EventOver.
    """
    participation = await _identify(tx, actor, event_id, attendee, "in")
    if participation.state in CHECKED_IN_STATES:
        return AttendanceResult(participation, changed=False)
    participation.check_in(actor)
    return AttendanceResult(await save(tx, actor, participation))


async def check_out(
    tx: AsyncSession,
    actor: Actor,
    event_id: UUID,
    attendee: AttendeeRef,
    minutes: int | None = None,
) -> AttendanceResult:
    """Check an attendee out, so that points can be awarded; a repeat changes nothing.

    `minutes` are from a paper list. Raises: UnknownCode, NotJoined, NotCheckedIn, NotPublished,
    NotStarted, LateEntryClosed, Invalid.
    """
    participation = await _identify(tx, actor, event_id, attendee, "out")
    if participation.state == ParticipationState.ATTENDED:
        return AttendanceResult(participation, changed=False)
    if minutes is None:
        participation.check_out(actor)
    else:
        participation.enter_minutes(actor, minutes)
    return AttendanceResult(await save(tx, actor, participation))


async def undo_check_in(
    tx: AsyncSession, actor: Actor, event_id: UUID, resident: UUID
) -> AttendanceResult:
    """Undo the check-in of the wrong person. Raises: NotPresent, NotJoined, NotPublished.

    A check-out can't be undone, since its points are on their way.
    """
    participation = await _load_by_resident(tx, actor, event_id, resident)
    participation.undo_check_in(actor)
    return AttendanceResult(await save(tx, actor, participation))


async def _identify(
    tx: AsyncSession, actor: Actor, event_id: UUID, attendee: AttendeeRef, purpose: Purpose
) -> Participation:
    if attendee.code is None:
        return await _load_by_resident(tx, actor, event_id, attendee.resident_id)
    event = await get_for_update(tx, actor, event_id)
    ids = await tx.scalars(
        select(Participation.id).where(
            Participation.event_id == event.id,
            Participation.station_id == actor.station,
            Participation.state.in_((*ACTIVE_STATES, ParticipationState.ATTENDED)),
        )
    )
    owner = codes.find_owner(sealer_of(tx), attendee.code, ids, purpose)
    if owner is None:
        raise UnknownCode(errors={"code": UnknownCode.title})
    return await _load_participation(tx, event, Participation.id == owner)


async def _load_by_resident(
    tx: AsyncSession, actor: Actor, event_id: UUID, resident: UUID | None
) -> Participation:
    event = await get_for_update(tx, actor, event_id)
    return await _load_participation(tx, event, Participation.resident_id == resident)


async def _load_participation(
    tx: AsyncSession, event: Event, condition: ColumnElement[bool]
) -> Participation:
    participation: Participation | None = await tx.scalar(
        select(Participation)
        .where(
            Participation.event_id == event.id,
            Participation.station_id == event.station_id,
            condition,
        )
        .options(immediateload(Participation.event))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if participation is None:
        raise NotJoined
    return participation
