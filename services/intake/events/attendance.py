"""What people do with an event: joining, leaving, checking in and out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Row, Select, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from services.intake.delegation import require_resident
from services.intake.events import codes
from services.intake.events.actions import attended_message, get_for_update
from services.intake.events.codes import Purpose
from services.intake.events.errors import AlreadyJoined, Full, NotJoined, Overlaps, UnknownCode
from services.intake.events.models import Event, EventState
from services.intake.events.participation import ACTIVE_STATES, Participation, ParticipationState
from services.intake.residents import queries as residents
from shared import clock
from shared.auth import Actor
from shared.bus.outbox.record import OutgoingMessage, record, record_messages
from shared.contracts.events import EventJoined, EventLeft, EventRole
from shared.db import load, sealer_of
from shared.errors import NotFound
from shared.ids import new_id

# The counter's row is locked for this statement and the one that records the message, no longer:
# a crowd that joins at once passes here one by one.
_TAKE_A_PLACE = text(
    """
    WITH place AS (
      UPDATE events SET helpers = helpers + :helper, guests = guests + :guest
      WHERE id = :event AND station_id = :station AND state = 'published' AND ends_at > :asked
        AND helpers + :helper <= helper_places AND guests + :guest <= guest_places
      RETURNING id, helpers, guests
    )
    INSERT INTO participations
      (id, station_id, version, created_at, event_id, resident_id, role, state, joined_at)
    SELECT :id, :station, 1, :now, place.id, :resident, :role, 'joined', :now FROM place
    ON CONFLICT (event_id, resident_id) DO UPDATE
      SET state = 'joined', role = excluded.role, joined_at = excluded.joined_at,
        version = participations.version + 1
      WHERE participations.state = 'left'
    RETURNING id, version, created_at,
      (SELECT helpers FROM place) AS helpers, (SELECT guests FROM place) AS guests
    """
)


def _join_context_statement() -> Select[Event, str, str]:
    """An event, the state of a resident's part in it, and the title of another at that time."""
    mine, theirs, other = (
        aliased(Participation, name="mine"),
        aliased(Participation, name="theirs"),
        aliased(Event, name="other"),
    )
    resident: BindParameter[UUID] = bindparam("resident")
    overlapping = (
        select(other.title)
        .join(theirs, theirs.event_id == other.id)
        .where(
            theirs.resident_id == resident,
            theirs.state.in_(ACTIVE_STATES),
            other.id != Event.id,
            other.state == EventState.PUBLISHED,
            other.starts_at < Event.ends_at,
            other.ends_at > Event.starts_at,
        )
        .order_by(other.starts_at)
        .limit(1)
        .correlate(Event)
        .scalar_subquery()
    )
    state = (
        select(mine.state)
        .where(mine.event_id == Event.id, mine.resident_id == resident)
        .correlate(Event)
        .scalar_subquery()
    )
    return select(Event, state, overlapping).where(
        Event.id == bindparam("event"), Event.station_id == bindparam("station")
    )


# Made once: aliases of mapped classes take longer to make than the statement takes to run.
_JOIN_CONTEXT = _join_context_statement()


@dataclass(frozen=True)
class AttendeeRef:
    """Whom the desk checks in or out: by the code that they show, or by who they are."""

    code: str | None = None
    resident_id: UUID | None = None


@dataclass(frozen=True)
class JoinRequest:
    """Who asks for a place: in which role, though it overlaps with another event, and when."""

    role: EventRole
    allow_overlap: bool = False
    requested_at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True)
class ParticipationResult:
    """A participation with its event; `changed` is false where nothing had to be done."""

    event: Event
    participation: Participation
    changed: bool = True


async def join(
    tx: AsyncSession, actor: Actor, event_id: UUID, role: EventRole, *, allow_overlap: bool = False
) -> ParticipationResult:
    """Take a place, for oneself or at the desk for a resident.

    Raises NotPublished, EventOver, NoSuchPlaces, Full, AlreadyJoined, and Overlaps unless `insist`.
    """
    return await join_at(tx, actor, event_id, JoinRequest(role, allow_overlap=allow_overlap))


async def join_at(
    tx: AsyncSession, actor: Actor, event_id: UUID, request: JoinRequest
) -> ParticipationResult:
    """The same, asked for at some moment; an event that was not over then can be joined still."""
    role = request.role
    require_resident(actor)
    # One person's joins wait for each other, or two that overlap could both pass.
    await residents.lock_resident(tx, actor.station, actor.subject_id)
    event, mine, other = await _load_join_context(tx, actor, event_id)
    if mine is not None and mine != ParticipationState.LEFT:
        raise AlreadyJoined
    event.check_joinable(role, request.requested_at)
    if other is not None and not request.allow_overlap:
        raise Overlaps(Overlaps.hint, title=other)
    taken = await _take_a_place(tx, actor, event, request)
    if taken is None:
        # Somebody was faster: with the last place, or with closing the event.
        await tx.refresh(event)
        event.check_joinable(role, request.requested_at)
        raise Full
    part = Participation(
        id=taken.id,
        station_id=actor.station,
        version=taken.version,
        created_at=taken.created_at,
        event_id=event.id,
        resident_id=actor.subject_id,
        role=role,
        state=ParticipationState.JOINED.value,
        joined_at=clock.now(),
    )
    said = EventJoined.of(event, part)
    await record_messages(tx, [OutgoingMessage(part.subject, part.station_id, part.version, said)])
    return ParticipationResult(event, part)


async def leave(tx: AsyncSession, actor: Actor, event_id: UUID) -> ParticipationResult:
    """Give one's place back; NotJoined, AlreadyCheckedIn, NotPublished, EventOver."""
    require_resident(actor)
    event = await get_for_update(tx, actor, event_id)
    part = await _load_participation(tx, event, actor.subject_id)
    event.check_leavable()
    part.leave()
    column = Event.helpers if part.role == "helper" else Event.guests
    counted = await tx.execute(
        update(Event)
        .where(Event.id == event.id, Event.station_id == actor.station)
        .values({column: column - 1})
        .returning(Event.helpers, Event.guests)
        .execution_options(synchronize_session=False)
    )
    _set_counts(event, counted.one())
    await record(tx, part, EventLeft.of(event, part, reason="left"))
    return ParticipationResult(event, part)


async def check_in(
    tx: AsyncSession, actor: Actor, event_id: UUID, attendee: AttendeeRef
) -> ParticipationResult:
    """Somebody is there; again changes nothing.

    Raises UnknownCode, NotJoined, NotPublished, CheckInNotOpen, EventOver.
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
    """Somebody goes, and has earned what the rules say; again changes nothing.

    `minutes` are those of a list on paper. Raises UnknownCode, NotJoined, NotCheckedIn,
    NotPublished, NotStarted, LateEntryClosed, Invalid.
    """
    event, part = await _identify(tx, actor, event_id, attendee, "out")
    changed = part.check_out(event, minutes)
    if changed:
        await record(tx, part, attended_message(event, part))
    return ParticipationResult(event, part, changed)


async def undo_check_in(
    tx: AsyncSession, actor: Actor, event_id: UUID, resident: UUID
) -> ParticipationResult:
    """The wrong person was checked in: they are expected again. NotPresent, NotJoined, NotPublished.

    Who has been checked out stays so: points are on their way.
    """
    event = await get_for_update(tx, actor, event_id)
    part = await _load_participation(tx, event, resident)
    part.undo_check_in(event)
    await tx.flush()
    return ParticipationResult(event, part)


async def _load_join_context(
    tx: AsyncSession, actor: Actor, event_id: UUID
) -> tuple[Event, str | None, str | None]:
    """The event, the state of one's part in it, and the title of another at that time."""
    about = {"event": event_id, "station": actor.station, "resident": actor.subject_id}
    row = (await tx.execute(_JOIN_CONTEXT, about)).one_or_none()
    if row is None or not row[0].visible_to(actor):
        raise NotFound
    return row[0], row[1], row[2]


async def _take_a_place(
    tx: AsyncSession, actor: Actor, event: Event, request: JoinRequest
) -> Row[Any] | None:
    role = request.role
    taken = await tx.execute(
        _TAKE_A_PLACE,
        {
            "helper": int(role == "helper"),
            "guest": int(role == "guest"),
            "event": event.id,
            "station": actor.station,
            "now": clock.now(),
            "asked": request.requested_at,
            "id": new_id(),
            "resident": actor.subject_id,
            "role": role,
        },
    )
    row = taken.one_or_none()
    if row is not None:
        _set_counts(event, row)
    return row


def _set_counts(event: Event, row: Any) -> None:
    """Let the event that was read show what the statement counted."""
    set_committed_value(event, "helpers", row.helpers)
    set_committed_value(event, "guests", row.guests)


async def _identify(
    tx: AsyncSession, actor: Actor, event_id: UUID, attendee: AttendeeRef, purpose: Purpose
) -> tuple[Event, Participation]:
    event = await get_for_update(tx, actor, event_id)
    if attendee.code is None:
        return event, await _load_participation(tx, event, attendee.resident_id)
    placed = await tx.scalars(
        select(Participation.id).where(
            Participation.event_id == event.id,
            Participation.station_id == actor.station,
            Participation.state.in_(
                (ParticipationState.JOINED, ParticipationState.PRESENT, ParticipationState.ATTENDED)
            ),
        )
    )
    owner = codes.owner_of(sealer_of(tx), attendee.code, placed, purpose)
    if owner is None:
        raise UnknownCode(errors={"code": UnknownCode.title})
    return event, await load(tx, Participation, owner, station=actor.station, lock=True)


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
