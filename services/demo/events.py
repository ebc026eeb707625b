"""Creation of the demo's events: coming ones by intake's actions, the others with past times."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.planned_events import PlannedEvent, events
from services.demo.wishes import DemoActors
from services.intake.events import actions, attendance
from services.intake.events.models import Event, EventFields, EventState
from services.intake.events.participation import Participation, ParticipationState
from services.intake.stations.models import Station
from shared import clock
from shared.contracts.events import EventJoined, EventPublished
from shared.state import save_all

# A running event began at least this long ago, on the half hour.
MIN_TIME_SINCE_START = timedelta(minutes=15)
ANNOUNCED_BEFORE = timedelta(days=9)


def list_planned_events(station: Station) -> tuple[PlannedEvent, ...]:
    """Return the events that are planned for this hour of the station's day."""
    return events(clock.now().astimezone(station.zone).hour)


async def list_event_ids(tx: AsyncSession, station: UUID) -> set[UUID]:
    """Return the ids of the demo's events that exist already."""
    ids = [planned.id for planned in events(0)]
    statement = select(Event.id).where(Event.station_id == station, Event.id.in_(ids))
    return set(await tx.scalars(statement))


async def list_attended_participation_ids(tx: AsyncSession, station: UUID) -> Sequence[UUID]:
    """Return the ids of participations in closed events, for which points are due."""
    closed_ids = [planned.id for planned in events(0) if planned.final_state == "closed"]
    statement = select(Participation.id).where(
        Participation.station_id == station,
        Participation.event_id.in_(closed_ids),
        Participation.state == ParticipationState.ATTENDED,
    )
    return (await tx.scalars(statement)).all()


async def create(tx: AsyncSession, actors: DemoActors, planned: PlannedEvent) -> None:
    """Create one event and bring it to its planned final state."""
    event = Event.draft(actors.station.id, actors.station.time_zone, _details(actors, planned))
    event.id = planned.id
    event.created_at = min(event.starts_at, clock.now()) - ANNOUNCED_BEFORE
    tx.add(event)
    await tx.flush()
    if planned.final_state in ("closed", "running"):
        await _create_past_event(tx, actors, planned, event)
    elif planned.final_state == "dropped":
        await actions.cancel(tx, actors.desk, event.id, planned.note)
    elif planned.final_state != "draft":
        await _create_upcoming_event(tx, actors, planned, event)


def _details(actors: DemoActors, planned: PlannedEvent) -> EventFields:
    begins = _start_time(actors.station, planned)
    return EventFields(
        kind=planned.kind,
        title=planned.title,
        summary=planned.summary,
        place=planned.place,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=planned.minutes),
        helper_places=planned.places.helpers,
        guest_places=planned.places.guests,
        partner_id=actors.accounts[planned.partner] if planned.partner else None,
    )


def _start_time(station: Station, planned: PlannedEvent) -> datetime:
    """Return the start of the event, by the station's calendar from the day of this load."""
    now = clock.now()
    if planned.final_state == "running":
        latest_start = now - MIN_TIME_SINCE_START
        return latest_start.replace(minute=latest_start.minute // 30 * 30, second=0, microsecond=0)
    day = now.astimezone(station.zone).date() + timedelta(days=planned.day)
    return datetime.combine(day, planned.at, tzinfo=station.zone)


async def _create_past_event(
    tx: AsyncSession, actors: DemoActors, planned: PlannedEvent, event: Event
) -> None:
    """Store the participations of an event that has begun; close it by intake's own action.

    The actions of publishing and joining refuse past times, and the clock can't be turned back,
    since all services share it. No EventJoined is recorded for a closed event, because it would
    send people a confirmation months late.
    """
    event.state = EventState.PUBLISHED.value
    event.helpers = sum(role == "helper" for role, _ in planned.participants)
    event.guests = sum(role == "guest" for role, _ in planned.participants)
    participations = _participations(planned, event)
    event.announce(EventPublished)
    if planned.final_state == "running":
        for participation in participations:
            participation.announce(EventJoined)
    await save_all(tx, [event, *participations])
    if planned.final_state == "closed":
        await actions.close(tx, actors.desk, event.id, planned.note)


def _participations(planned: PlannedEvent, event: Event) -> list[Participation]:
    """Return the participations, those of attendees with the time of their check-in."""
    arrivals = {person.id: after for _, person, after in planned.attendances}
    participations = []
    for index, (role, person) in enumerate(planned.participants):
        one = Participation.new(event.station_id, event=event, resident_id=person.id, role=role)
        one.state = ParticipationState.JOINED.value
        one.joined_at = one.created_at = _joined_at(event, index, len(planned.participants))
        if person.id in arrivals:
            one.state = ParticipationState.PRESENT.value
            one.checked_in_at = event.starts_at + timedelta(minutes=arrivals[person.id])
        participations.append(one)
    return participations


async def _create_upcoming_event(
    tx: AsyncSession, actors: DemoActors, planned: PlannedEvent, event: Event
) -> None:
    """Publish an event, let people join and leave it, and cancel it if that is planned."""
    await actions.publish(tx, actors.desk, event.id)
    joined = [
        await attendance.join(
            tx, actors.resident_or_desk(person), event.id, role, allow_overlap=True
        )
        for role, person in planned.participants
    ]
    for _, person in planned.participants[len(planned.participants) - planned.leave :]:
        await attendance.leave(tx, actors.resident_or_desk(person), event.id)
    if planned.final_state == "cancelled":
        await actions.cancel(tx, actors.desk, event.id, planned.note)
    await tx.flush()
    # Through the mapper the update would count as one more version of each participation.
    table = Participation.__table__
    statement = update(table).where(table.c.id == bindparam("joined_id"))  # type: ignore[arg-type]  # a Table, typed as FromClause
    await tx.execute(
        statement.values(joined_at=bindparam("at"), created_at=bindparam("at")),
        [
            {"joined_id": one.id, "at": _joined_at(event, index, len(joined))}
            for index, one in enumerate(joined)
        ],
    )


def _joined_at(event: Event, index: int, count: int) -> datetime:
    """Spread the joins evenly from the announcement until the start, or until now."""
    until = min(event.starts_at, clock.now())
    return event.created_at + (until - event.created_at) * (index + 1) / (count + 1)
