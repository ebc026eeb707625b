"""Queries of volunteers and their duties."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.people.models import Duty, NoApplication, Volunteer, VolunteerState
from shared import clock
from shared.aggregate import load
from shared.auth import Actor
from shared.errors import NotFound
from shared.pagination import Page, PageRequest, TimeKeyset, page, page_by_time


async def volunteers(
    tx: AsyncSession, actor: Actor, *, state: VolunteerState | None, after: UUID | None, limit: int
) -> Page[Volunteer]:
    """Return a page of the station's volunteers, newest application first."""
    statement = select(Volunteer).where(Volunteer.station_id == actor.station)
    if state is not None:
        statement = statement.where(Volunteer.state == state)
    return await page(tx, statement, Volunteer.id, after=after, limit=limit)


async def volunteer(tx: AsyncSession, actor: Actor, volunteer_id: UUID) -> Volunteer:
    """Return one volunteer. Raises: NotFound, also for others than the desk and the volunteer."""
    row = await load(tx, Volunteer, volunteer_id, station=actor.station)
    if not actor.is_staff and row.resident_id != actor.subject_id:
        raise NotFound
    return row


async def application(tx: AsyncSession, actor: Actor) -> Volunteer:
    """Return the actor's application. Raises: NoApplication."""
    row = await tx.scalar(
        select(Volunteer).where(
            Volunteer.station_id == actor.station, Volunteer.resident_id == actor.subject_id
        )
    )
    if row is None:
        raise NoApplication
    return row


async def upcoming_duties(tx: AsyncSession, actor: Actor, page_request: PageRequest) -> Page[Duty]:
    """Return a page of the actor's open duties, the earliest first.

    The duty at an event that has ended is left out, even before its attendance is recorded.
    """
    statement = select(Duty).where(
        Duty.station_id == actor.station,
        Duty.resident_id == actor.subject_id,
        Duty.state == "open",
        or_(Duty.ends_at.is_(None), Duty.ends_at > clock.now()),
    )
    own = Duty.station_id == actor.station
    keyset = TimeKeyset(Duty.due, Duty.subject_id, own, newest_first=False)
    return await page_by_time(tx, statement, keyset, page_request)


async def approved_volunteers(
    tx: AsyncSession, residents: Collection[tuple[UUID, UUID]]
) -> set[tuple[UUID, UUID]]:
    """Return those of the (station, resident) pairs that were ever approved as volunteers."""
    if not residents:
        return set()
    key = (Volunteer.station_id, Volunteer.resident_id)
    statement = select(*key).where(
        tuple_(*key).in_(list(residents)), Volunteer.approved_at.is_not(None)
    )
    return {(station, resident) for station, resident in await tx.execute(statement)}
