"""Finding volunteers and what they have taken on."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.people.models import Duty, NoApplication, State, Volunteer
from shared import clock
from shared.auth import Actor
from shared.db import Page, PageRequest, load, page, page_by_time
from shared.errors import NotFound


async def volunteers(
    tx: AsyncSession, actor: Actor, *, state: State | None, after: UUID | None, limit: int
) -> Page[Volunteer]:
    """The station's volunteers, newest application first."""
    statement = select(Volunteer).where(Volunteer.station_id == actor.station)
    if state is not None:
        statement = statement.where(Volunteer.state == state)
    return await page(tx, statement, Volunteer.id, after=after, limit=limit)


async def volunteer(tx: AsyncSession, actor: Actor, volunteer_id: UUID) -> Volunteer:
    """One volunteer, for the desk and for themselves; NotFound for everybody else."""
    found = await load(tx, Volunteer, volunteer_id, station=actor.station)
    if not actor.is_staff and found.resident_id != actor.subject_id:
        raise NotFound
    return found


async def application(tx: AsyncSession, actor: Actor) -> Volunteer:
    """The application of the one who asks; NoApplication."""
    found = await tx.scalar(
        select(Volunteer).where(
            Volunteer.station_id == actor.station, Volunteer.resident_id == actor.subject_id
        )
    )
    if found is None:
        raise NoApplication
    return found


async def upcoming_duties(tx: AsyncSession, actor: Actor, page_request: PageRequest) -> Page[Duty]:
    """What the one who asks has yet to do, what comes first before the rest.

    An event that has ended is nothing to do any more, before anybody has said who was there.
    """
    statement = select(Duty).where(
        Duty.station_id == actor.station,
        Duty.resident_id == actor.subject_id,
        Duty.state == "open",
        or_(Duty.ends_at.is_(None), Duty.ends_at > clock.now()),
    )
    keys = (Duty.due, Duty.subject_id, Duty.station_id == actor.station)
    return await page_by_time(tx, statement, keys, wanted=page_request, newest_first=False)


async def approved_volunteers(
    tx: AsyncSession, residents: Collection[tuple[UUID, UUID]]
) -> set[tuple[UUID, UUID]]:
    """Which of these (station, resident) have been approved here, whatever became of them since."""
    if not residents:
        return set()
    key = (Volunteer.station_id, Volunteer.resident_id)
    statement = select(*key).where(
        tuple_(*key).in_(list(residents)), Volunteer.approved_at.is_not(None)
    )
    return {(station, resident) for station, resident in await tx.execute(statement)}
