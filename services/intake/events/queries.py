"""The queries of events; drafts and participants are for the desk only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts import queries as accounts
from services.intake.events import codes
from services.intake.events.codes import AttendanceCode
from services.intake.events.errors import AlreadyCheckedOut, NotJoined
from services.intake.events.models import STAFF_ONLY_STATES, Event, EventState
from services.intake.events.participation import (
    ACTIVE_STATES,
    PLACE_HOLDING_STATES,
    Participation,
    ParticipationState,
)
from services.intake.residents import queries as residents
from services.intake.residents.models import Resident
from services.intake.residents.queries import Person
from shared import clock
from shared.aggregate import load
from shared.auth import Actor
from shared.db import sealer_of
from shared.errors import NotFound
from shared.pagination import Page, PageRequest, TimeKeyset, page, page_by_time

MAX_CHECK_IN_LIST = 200
EventPeriod = Literal["coming", "past"]


@dataclass(frozen=True)
class EventForReader:
    """An event as one reader sees it, with the reader's own participation."""

    event: Event
    mine: Participation | None
    partner: str | None


@dataclass(frozen=True)
class Participant:
    """A participation with the name and home of its resident; for the desk."""

    participation: Participation
    person: Person


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """Which events to list: `coming` soonest first, otherwise newest first.

    `mine` are those in which the reader has or had a place, `expected` those at which the reader
    is expected or present.
    """

    period: EventPeriod | None = None
    states: tuple[EventState, ...] = ()
    mine: bool = False
    expected: bool = False


async def get(
    tx: AsyncSession, station: UUID, actor: Actor | None, event_id: UUID
) -> EventForReader:
    """Return an event that the reader may know of, who is None if anonymous. Raises: NotFound."""
    event = await load(tx, Event, event_id, station=station)
    if not event.visible_to(actor):
        raise NotFound
    return await for_reader(tx, actor, event)


async def for_reader(tx: AsyncSession, actor: Actor | None, event: Event) -> EventForReader:
    """Return an event as the reader sees it, who is None if anonymous."""
    return (await _load_for_reader(tx, event.station_id, actor, [event]))[0]


async def for_participant(tx: AsyncSession, mine: Participation) -> EventForReader:
    """Return the event of a participation as its resident sees it."""
    return (await _with_partners(tx, mine.station_id, [mine.event], {mine.event_id: mine}))[0]


async def list_events(
    tx: AsyncSession,
    station: UUID,
    actor: Actor | None,
    filters: EventFilter,
    page_request: PageRequest,
) -> Page[EventForReader]:
    """List the events that the reader may know of."""
    of_station = Event.station_id == station
    keyset = TimeKeyset(
        Event.starts_at, Event.id, of_station, newest_first=filters.period != "coming"
    )
    statement = select(Event).where(of_station, *_conditions(actor, filters))
    events: Page[Event] = await page_by_time(tx, statement, keyset, page_request)
    return Page(await _load_for_reader(tx, station, actor, events.items), events.after)


async def list_participants(
    tx: AsyncSession, actor: Actor, event_id: UUID, page_request: PageRequest
) -> Page[Participant]:
    """List who takes part or left, newest first, with names and homes; for the desk."""
    event = await load(tx, Event, event_id, station=actor.station)
    statement = select(Participation).where(
        Participation.event_id == event.id, Participation.station_id == actor.station
    )
    rows: Page[Participation] = await page(
        tx, statement, Participation.id, after=page_request.after, limit=page_request.limit
    )
    return Page(await _with_people(tx, actor, rows.items), rows.after)


async def get_participant(
    tx: AsyncSession, actor: Actor, participation: Participation
) -> Participant:
    """Return a participation with the name and home of its resident; for the desk."""
    return (await _with_people(tx, actor, [participation]))[0]


async def list_for_check_in(
    tx: AsyncSession, actor: Actor, event_id: UUID, name: str = ""
) -> list[Participant]:
    """List who is expected, present or gone, by name, at most `MAX_CHECK_IN_LIST`; for the desk."""
    event = await load(tx, Event, event_id, station=actor.station)
    statement = (
        select(Participation)
        .join(Resident, Participation.resident_id == Resident.id)
        .where(
            Participation.event_id == event.id,
            Participation.station_id == actor.station,
            Participation.state.in_(PLACE_HOLDING_STATES),
            Resident.name.contains(name, autoescape=True),
        )
        .order_by(Resident.name, Participation.id)
        .limit(MAX_CHECK_IN_LIST)
    )
    return await _with_people(tx, actor, (await tx.scalars(statement)).all())


async def count_by_state(tx: AsyncSession, actor: Actor, event_id: UUID) -> dict[str, int]:
    """Count the participations of an event by state; for the desk."""
    rows = await tx.execute(
        select(Participation.state, func.count())
        .where(Participation.event_id == event_id, Participation.station_id == actor.station)
        .group_by(Participation.state)
    )
    return dict(iter(rows))


async def get_participation(
    tx: AsyncSession, actor: Actor, participation_id: UUID
) -> Participation:
    """Return a participation to the desk or to its resident. Raises: NotFound."""
    participation = await load(tx, Participation, participation_id, station=actor.station)
    if not (actor.is_staff or participation.is_of(actor)):
        raise NotFound
    return participation


async def get_own_code(tx: AsyncSession, actor: Actor, event_id: UUID) -> AttendanceCode:
    """Return the actor's present code for check-in or check-out.

    Raises: NotFound, NotJoined, AlreadyCheckedOut.
    """
    mine = (await get(tx, actor.station, actor, event_id)).mine
    if mine is not None and mine.state == ParticipationState.ATTENDED:
        raise AlreadyCheckedOut
    if mine is None or mine.state not in ACTIVE_STATES:
        raise NotJoined
    purpose: codes.Purpose = "out" if mine.state == ParticipationState.PRESENT else "in"
    return codes.derive_code(sealer_of(tx), mine.id, purpose)


async def _load_for_reader(
    tx: AsyncSession, station: UUID, actor: Actor | None, events: Sequence[Event]
) -> list[EventForReader]:
    if actor is None:
        return await _with_partners(tx, station, events, {})
    own = await tx.scalars(
        select(Participation).where(
            Participation.station_id == station,
            Participation.resident_id == actor.subject_id,
            Participation.event_id.in_([event.id for event in events]),
        )
    )
    return await _with_partners(tx, station, events, {one.event_id: one for one in own})


async def _with_partners(
    tx: AsyncSession,
    station: UUID,
    events: Sequence[Event],
    own: Mapping[UUID, Participation],
) -> list[EventForReader]:
    ids = [event.partner_id for event in events if event.partner_id]
    names = await accounts.load_names(tx, station, ids)
    return [
        EventForReader(e, own.get(e.id), names.get(e.partner_id) if e.partner_id else None)
        for e in events
    ]


async def _with_people(
    tx: AsyncSession, actor: Actor, participations: Sequence[Participation]
) -> list[Participant]:
    ids = [one.resident_id for one in participations]
    people = await residents.load_people(tx, actor.station, ids)
    return [Participant(one, people[one.resident_id]) for one in participations]


def _conditions(actor: Actor | None, filters: EventFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if actor is None or not actor.is_staff:
        conditions.append(Event.state.not_in(STAFF_ONLY_STATES))
    if filters.states:
        conditions.append(Event.state.in_(filters.states))
    is_coming = and_(
        Event.state.in_((EventState.DRAFT, EventState.PUBLISHED)), Event.ends_at > clock.now()
    )
    if filters.period is not None:
        conditions.append(is_coming if filters.period == "coming" else ~is_coming)
    if (filters.mine or filters.expected) and actor is not None:
        states = ACTIVE_STATES if filters.expected else PLACE_HOLDING_STATES
        conditions.append(_takes_part(actor, states))
    return conditions


def _takes_part(actor: Actor, states: Collection[ParticipationState]) -> ColumnElement[bool]:
    """Return the condition that the actor's resident has a participation in one of `states`."""
    own = select(Participation.id).where(
        Participation.event_id == Event.id,
        Participation.station_id == actor.station,
        Participation.resident_id == actor.subject_id,
        Participation.state.in_(states),
    )
    return own.exists()
