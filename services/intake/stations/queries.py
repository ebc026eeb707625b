"""Finding a station."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.stations.models import Station
from shared.db import Page, PageRequest, page_by_time
from shared.errors import Invalid, NotFound
from shared.language import N_


async def all_stations(tx: AsyncSession) -> Sequence[Station]:
    """All stations, oldest first."""
    return (await tx.scalars(select(Station).order_by(Station.id))).all()


async def list_stations(tx: AsyncSession, page_request: PageRequest) -> Page[Station]:
    """A page of the stations, oldest first."""
    return await page_by_time(
        tx,
        select(Station),
        (Station.created_at, Station.id, true()),
        wanted=page_request,
        newest_first=False,
    )


async def get(tx: AsyncSession, id_: UUID) -> Station:
    """The station with that id; NotFound."""
    station = await tx.get(Station, id_)
    if station is None:
        raise NotFound
    return station


async def get_by_code(tx: AsyncSession, code: str | None) -> Station:
    """The station with that code, or the only one when none is named; Invalid."""
    statement = select(Station).order_by(Station.id).limit(2)
    if code is not None:
        statement = statement.where(Station.code == code)
    stations = (await tx.scalars(statement)).all()
    if len(stations) != 1:
        raise Invalid(errors={"station": N_("Please say which station")})
    return stations[0]
