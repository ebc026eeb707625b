"""Queries for stations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.stations.models import Station
from shared.errors import Invalid, NotFound
from shared.language import N_
from shared.pagination import Page, PageRequest, TimeKeyset, page_by_time


async def all_stations(tx: AsyncSession) -> Sequence[Station]:
    """List all stations, oldest first."""
    return (await tx.scalars(select(Station).order_by(Station.id))).all()


async def list_stations(tx: AsyncSession, page_request: PageRequest) -> Page[Station]:
    """List a page of the stations, oldest first."""
    return await page_by_time(
        tx,
        select(Station),
        TimeKeyset(Station.created_at, Station.id, true(), newest_first=False),
        page_request,
    )


async def get(tx: AsyncSession, id_: UUID) -> Station:
    """Load the station with that id. Raises: NotFound."""
    station = await tx.get(Station, id_)
    if station is None:
        raise NotFound
    return station


async def get_by_code(tx: AsyncSession, code: str | None) -> Station:
    """Load the station with that code, or the only station for None. Raises: Invalid."""
    statement = select(Station).order_by(Station.id).limit(2)
    if code is not None:
        statement = statement.where(Station.code == code)
    stations = (await tx.scalars(statement)).all()
    if len(stations) != 1:
        raise Invalid(errors={"station": N_("Please say which station")})
    return stations[0]
