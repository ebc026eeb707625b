"""Residents' actions on events: join, leave, check in and check out."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delegation import require_resident
from services.intake.events import codes
from services.intake.events.actions import attended_message, get_for_update
from services.intake.events.codes import Purpose
from services.intake.events.errors import AlreadyJoined, Full, NotJoined, Overlaps, UnknownCode
from services.intake.events.models import Event
from services.intake.events.participation import Participation, ParticipationState
from services.intake.events.places import load_join_context, set_counts, take_place
from services.intake.residents import queries as residents
from shared import clock
from shared.aggregate import load_for_update
from shared.auth import Actor
from shared.bus.outbox.record import OutgoingMessage, record, record_messages
from shared.contracts.events import EventJoined, EventLeft, EventRole
from shared.db import sealer_of


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
class ParticipationResult:
    """A participation with its event; `changed` is False where nothing had to be done."""

    event: Event
    participation: Participation
    changed: bool = True


async def join(
    tx: AsyncSession, actor: Actor, event_id: UUID, role: EventRole, *, allow_overlap: bool = False
) -> ParticipationResult:
    """Take a place, for oneself or at the desk for a resident.

    Raises: NotPublished, EventOver, NoSuchPlaces, Full, AlreadyJoined, Overlaps.
    """
    return await join_at(tx, actor, event_id, JoinRequest(role, allow_overlap=allow_overlap))


async def join_at(
    tx: AsyncSession, actor: Actor, event_id: UUID, request: JoinRequest
) -> ParticipationResult:
    """Take a place in an event that was not over at `request.requested_at`. Raises: as `join`."""
    role = request.role
    require_resident(actor)
    # A person's joins wait for each other, or two overlapping ones could both pass.
    await residents.lock_resident(tx, actor.station, actor.subject_id)
    event, state, overlapping_title = await load_join_context(tx, actor, event_id)
    if state is not None and state != ParticipationState.LEFT:
        raise AlreadyJoined
    event.check_joinable(role, request.requested_at)
    if overlapping_title is not None and not request.allow_overlap:
        raise Overlaps(Overlaps.hint, title=overlapping_title)
    place = await take_place(tx, actor, event, role, request.requested_at)
    if place is None:
        # Meanwhile somebody took the last place or closed the event.
        await tx.refresh(event)
        event.check_joinable(role, request.requested_at)
        raise Full
    part = Participation(
        id=place.id,
        station_id=actor.station,
        version=place.version,
        created_at=place.created_at,
        event_id=event.id,
        resident_id=actor.subject_id,
        role=role,
        state=ParticipationState.JOINED.value,
        joined_at=clock.now(),
    )
    joined = EventJoined.of(event, part)
    message = OutgoingMessage(part.subject, part.station_id, part.version, joined)
    await record_messages(tx, [message])
    return ParticipationResult(event, part)


async def leave(tx: AsyncSession, actor: Actor, event_id: UUID) -> ParticipationResult:
    """Give one's place back. Raises: NotJoined, AlreadyCheckedIn, NotPublished, EventOver."""
    require_resident(actor)
    event = await get_for_update(tx, actor, event_id)
    part = await _load_participation(tx, event, actor.subject_id)
    event.check_leavable()
    part.leave()
    column = Event.helpers if part.role == "helper" else Event.guests
    counts = await tx.execute(
        update(Event)
        .where(Event.id == event.id, Event.station_id == actor.station)
        .values({column: column - 1})
        .returning(Event.helpers, Event.guests)
        .execution_options(synchronize_session=False)
    )
    set_counts(event, counts.one())
    await record(tx, part, EventLeft.of(event, part, reason="left"))
    return ParticipationResult(event, part)


async def check_in(
    tx: AsyncSession, actor: Actor, event_id: UUID, attendee: AttendeeRef
) -> ParticipationResult:
    """Check an attendee in; a repeat changes nothing.

    Raises: UnknownCode, NotJoined, NotPublished, CheckInNotOpen, EventOver.
    """
    event, part = await _identify(tx, actor, event_id, attendee, "in")
    changed = part.check_in(event)
    await tx.flush()
    return ParticipationResult(event, part, changed)


async def check_out(
    tx: AsyncSession,
    actor: Actor,
    event_id: UUID,
    attendee: AttendeeRef,
    minutes: int | None = None,
) -> ParticipationResult:
    """Check an attendee out, so that points can be awarded; a repeat changes nothing.

    `minutes` are from a paper list. Raises: UnknownCode, NotJoined, NotCheckedIn, NotPublished,
    NotStarted, LateEntryClosed, Invalid.
    """
    event, part = await _identify(tx, actor, event_id, attendee, "out")
    changed = part.check_out(event, minutes)
    if changed:
        await record(tx, part, attended_message(event, part))
    return ParticipationResult(event, part, changed)


async def undo_check_in(
    tx: AsyncSession, actor: Actor, event_id: UUID, resident: UUID
) -> ParticipationResult:
    """Undo the check-in of the wrong person. Raises: NotPresent, NotJoined, NotPublished.

    A check-out can't be undone, since its points are on their way.
    """
    event = await get_for_update(tx, actor, event_id)
    part = await _load_participation(tx, event, resident)
    part.undo_check_in(event)
    await tx.flush()
    return ParticipationResult(event, part)


async def _identify(
    tx: AsyncSession, actor: Actor, event_id: UUID, attendee: AttendeeRef, purpose: Purpose
) -> tuple[Event, Participation]:
    event = await get_for_update(tx, actor, event_id)
    if attendee.code is None:
        return event, await _load_participation(tx, event, attendee.resident_id)
    ids = await tx.scalars(
        select(Participation.id).where(
            Participation.event_id == event.id,
            Participation.station_id == actor.station,
            Participation.state.in_(
                (ParticipationState.JOINED, ParticipationState.PRESENT, ParticipationState.ATTENDED)
            ),
        )
    )
    owner = codes.find_owner(sealer_of(tx), attendee.code, ids, purpose)
    if owner is None:
        raise UnknownCode(errors={"code": UnknownCode.title})
    return event, await load_for_update(tx, Participation, owner, station=actor.station)


async def _load_participation(
    tx: AsyncSession, event: Event, resident: UUID | None
) -> Participation:
    part = await tx.scalar(
        select(Participation)
        .where(
            Participation.event_id == event.id,
            Participation.station_id == event.station_id,
            Participation.resident_id == resident,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if part is None:
        raise NotJoined
    return part
