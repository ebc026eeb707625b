"""The queries of the register, always within a station."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.register.models import Building, Home, Household
from shared.aggregate import load
from shared.pagination import DEFAULT_PAGE_SIZE, Page, page


@dataclass(frozen=True)
class Address:
    """The address of a home; callers check who may know it."""

    building: str
    unit: int
    number: str


@dataclass(frozen=True)
class HouseholdWithAddress:
    """A household with its home's address."""

    household: Household
    address: Address


async def list_buildings(
    tx: AsyncSession, station: UUID, after: UUID | None = None, limit: int = DEFAULT_PAGE_SIZE
) -> Page[Building]:
    """List the station's buildings."""
    statement = select(Building).where(Building.station_id == station)
    return await page(tx, statement, Building.id, after=after, limit=limit)


async def list_homes(
    tx: AsyncSession,
    station: UUID,
    building_id: UUID,
    after: UUID | None = None,
    limit: int = DEFAULT_PAGE_SIZE,
) -> Page[Home]:
    """List the homes of a building. Raises: NotFound, if the station has no such building."""
    building = await load(tx, Building, building_id, station=station)
    statement = select(Home).where(Home.station_id == station, Home.building_id == building.id)
    return await page(tx, statement, Home.id, after=after, limit=limit)


async def list_households(
    tx: AsyncSession,
    station: UUID,
    home_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = DEFAULT_PAGE_SIZE,
) -> Page[HouseholdWithAddress]:
    """List the station's households, or those of one home, with their addresses."""
    statement = select(Household).where(Household.station_id == station)
    if home_id is not None:
        statement = statement.where(Household.home_id == home_id)
    households: Page[Household] = await page(tx, statement, Household.id, after=after, limit=limit)
    addresses = await _addresses(tx, station, [household.home_id for household in households.items])
    items = [
        HouseholdWithAddress(household, addresses[household.home_id])
        for household in households.items
    ]
    return Page(items, households.after)


async def _addresses(tx: AsyncSession, station: UUID, home_ids: list[UUID]) -> dict[UUID, Address]:
    rows = await tx.execute(
        select(Home.id, Building.number, Home.unit, Home.number)
        .join(Building, Home.building_id == Building.id)
        .where(Home.station_id == station, Home.id.in_(home_ids))
    )
    return {id_: Address(building, unit, number) for id_, building, unit, number in rows}
