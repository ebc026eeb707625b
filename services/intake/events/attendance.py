"""What people do with an event: joining, leaving, checking in and out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Row, Select, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from services.intake.delegation import check_resident
from services.intake.events import codes
from services.intake.events.actions import attended, hold
from services.intake.events.codes import Purpose
from services.intake.events.errors import AlreadyJoined, Full, NotJoined, Overlaps, UnknownCode
from services.intake.events.models import Event, State
from services.intake.events.participation import COMING, Part, Participation
from services.intake.residents import queries as residents
from shared import clock
from shared.auth import Actor
from shared.bus.outbox.record import Fact, record, record_facts
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


def _look() -> Select[Event, str, str]:
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
            theirs.state.in_(COMING),
            other.id != Event.id,
            other.state == State.PUBLISHED,
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
_LOOK = _look()


@dataclass(frozen=True)
class Who:
    """Whom the desk checks in or out: by the code that they show, or by who they are."""

    code: str | None = None
    resident_id: UUID | None = None


@dataclass(frozen=True)
class Asking:
    """Who asks for a place: in which role, though it overlaps with another event, and when."""

    role: EventRole
    insist: bool = False
    at: datetime = field(default_factory=clock.now)


@dataclass(frozen=True)
class Placed:
    """A participation with its event; `changed` is false where nothing had to be done."""

    event: Event
    part: Participation
    changed: bool = True


async def join(
    tx: AsyncSession, actor: Actor, event_id: UUID, role: EventRole, *, insist: bool = False
) -> Placed:
    """Take a place, for oneself or at the desk for a resident.

    Raises NotPublished, EventOver, NoSuchPlaces, Full, AlreadyJoined, and Overlaps unless `insist`.
    """
    return await join_as(tx, actor, event_id, Asking(role, insist=insist))


async def join_as(tx: AsyncSession, actor: Actor, event_id: UUID, asking: Asking) -> Placed:
    """The same, asked for at some moment; an event that was not over then can be joined still."""
    role = asking.role
    check_resident(actor)
    # One person's joins wait for each other, or two that overlap could both pass.
    await residents.hold(tx, actor.station, actor.for_whom)
    event, mine, other = await _looked_at(tx, actor, event_id)
    if mine is not None and mine != Part.LEFT:
        raise AlreadyJoined
    event.check_joinable(role, asking.at)
    if other is not None and not asking.insist:
        raise Overlaps(Overlaps.hint, title=other)
    taken = await _take_a_place(tx, actor, event, asking)
    if taken is None:
        # Somebody was faster: with the last place, or with closing the event.
        await tx.refresh(event)
        event.check_joinable(role, asking.at)
        raise Full
    part = Participation(
        id=taken.id,
        station_id=actor.station,
        version=taken.version,
        created_at=taken.created_at,
        event_id=event.id,
        resident_id=actor.for_whom,
        role=role,
        state=Part.JOINED.value,
        joined_at=clock.now(),
    )
    said = EventJoined.of(event, part)
    await record_facts(tx, [Fact(part.subject, part.station_id, part.version, said)])
    return Placed(event, part)


async def leave(tx: AsyncSession, actor: Actor, event_id: UUID) -> Placed:
    """Give one's place back; NotJoined, AlreadyThere, NotPublished, EventOver."""
    check_resident(actor)
    event = await hold(tx, actor, event_id)
    part = await _part_of(tx, event, actor.for_whom)
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
    _count(event, counted.one())
    await record(tx, part, EventLeft.of(event, part, reason="left"))
    return Placed(event, part)


async def check_in(tx: AsyncSession, actor: Actor, event_id: UUID, who: Who) -> Placed:
    """Somebody is there; again changes nothing.

    Raises UnknownCode, NotJoined, NotPublished, TooEarly, EventOver.
    """
    event, part = await _recognised(tx, actor, event_id, who, "in")
    changed = part.check_in(event)
    await tx.flush()
    return Placed(event, part, changed)


async def check_out(
    tx: AsyncSession, actor: Actor, event_id: UUID, who: Who, minutes: int | None = None
) -> Placed:
    """Somebody goes, and has earned what the rules say; again changes nothing.

    `minutes` are those of a list on paper. Raises UnknownCode, NotJoined, NotCheckedIn,
    NotPublished, NotBegun, TooLate, Invalid.
    """
    event, part = await _recognised(tx, actor, event_id, who, "out")
    changed = part.check_out(event, minutes)
    if changed:
        await record(tx, part, attended(event, part))
    return Placed(event, part, changed)


async def undo_check_in(tx: AsyncSession, actor: Actor, event_id: UUID, resident: UUID) -> Placed:
    """The wrong person was checked in: they are expected again. NotThere, NotJoined, NotPublished.

    Who has been checked out stays so: points are on their way.
    """
    event = await hold(tx, actor, event_id)
    part = await _part_of(tx, event, resident)
    part.undo_check_in(event)
    await tx.flush()
    return Placed(event, part)


async def _looked_at(
    tx: AsyncSession, actor: Actor, event_id: UUID
) -> tuple[Event, str | None, str | None]:
    """The event, the state of one's part in it, and the title of another at that time."""
    about = {"event": event_id, "station": actor.station, "resident": actor.for_whom}
    row = (await tx.execute(_LOOK, about)).one_or_none()
    if row is None or not row[0].visible_to(actor):
        raise NotFound
    return row[0], row[1], row[2]


async def _take_a_place(
    tx: AsyncSession, actor: Actor, event: Event, asking: Asking
) -> Row[Any] | None:
    role = asking.role
    taken = await tx.execute(
        _TAKE_A_PLACE,
        {
            "helper": int(role == "helper"),
            "guest": int(role == "guest"),
            "event": event.id,
            "station": actor.station,
            "now": clock.now(),
            "asked": asking.at,
            "id": new_id(),
            "resident": actor.for_whom,
            "role": role,
        },
    )
    row = taken.one_or_none()
    if row is not None:
        _count(event, row)
    return row


def _count(event: Event, row: Any) -> None:
    """Let the event that was read show what the statement counted."""
    set_committed_value(event, "helpers", row.helpers)
    set_committed_value(event, "guests", row.guests)


async def _recognised(
    tx: AsyncSession, actor: Actor, event_id: UUID, who: Who, purpose: Purpose
) -> tuple[Event, Participation]:
    event = await hold(tx, actor, event_id)
    if who.code is None:
        return event, await _part_of(tx, event, who.resident_id)
    placed = await tx.scalars(
        select(Participation.id).where(
            Participation.event_id == event.id,
            Participation.station_id == actor.station,
            Participation.state.in_((Part.JOINED, Part.PRESENT, Part.ATTENDED)),
        )
    )
    owner = codes.owner_of(sealer_of(tx), who.code, placed, purpose)
    if owner is None:
        raise UnknownCode(errors={"code": UnknownCode.title})
    return event, await load(tx, Participation, owner, station=actor.station, lock=True)


async def _part_of(tx: AsyncSession, event: Event, resident: UUID | None) -> Participation:
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
