"""The queries of the register, always within a station."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.residents.models import Building, Home, Household, Resident
from shared.aggregate import load
from shared.db import sealer_of
from shared.errors import NotFound
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


@dataclass(frozen=True)
class Person:
    """A resident's name and home; callers check who may know them."""

    name: str
    home: Address | None


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


async def list_residents(
    tx: AsyncSession,
    station: UUID,
    household_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = DEFAULT_PAGE_SIZE,
) -> Page[Resident]:
    """List the station's residents, or those of one household."""
    statement = select(Resident).where(Resident.station_id == station)
    if household_id is not None:
        statement = statement.where(Resident.household_id == household_id)
    return await page(tx, statement, Resident.id, after=after, limit=limit)


async def get_resident(tx: AsyncSession, station: UUID, resident_id: UUID) -> Resident:
    """Return a resident. Raises: NotFound."""
    return await load(tx, Resident, resident_id, station=station)


async def lock_resident(tx: AsyncSession, station: UUID, resident_id: UUID) -> None:
    """Lock a resident until the transaction ends. Raises: NotFound.

    The lock is FOR NO KEY UPDATE, so that rows which refer to the resident can still be written.
    """
    statement = select(Resident.id).where(
        Resident.id == resident_id, Resident.station_id == station
    )
    if await tx.scalar(statement.with_for_update(key_share=True)) is None:
        raise NotFound


async def find_by_phone(tx: AsyncSession, station: UUID, phone: str) -> Resident | None:
    """Return the resident with that phone, in its normalized form, or None."""
    lookup = sealer_of(tx).blind_index(phone)
    resident: Resident | None = await tx.scalar(
        select(Resident).where(Resident.station_id == station, Resident.phone_lookup == lookup)
    )
    return resident


async def residents_at(tx: AsyncSession, station: UUID, home: Address) -> Sequence[Resident]:
    """List the residents of a home, none where there is no such home."""
    residents = await tx.scalars(
        select(Resident)
        .join(Household, Resident.household_id == Household.id)
        .join(Home, Household.home_id == Home.id)
        .join(Building, Home.building_id == Building.id)
        .where(
            Resident.station_id == station,
            Building.number == home.building,
            Home.unit == home.unit,
            Home.number == home.number,
        )
        .order_by(Resident.id)
    )
    return residents.all()


async def people(tx: AsyncSession, station: UUID, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Map ids of residents of the station to their names and homes."""
    unique_ids = set(ids)
    if not unique_ids:
        return {}
    rows = await tx.execute(
        select(Resident.id, Resident.name, Building.number, Home.unit, Home.number)
        .outerjoin(Household, Resident.household_id == Household.id)
        .outerjoin(Home, Household.home_id == Home.id)
        .outerjoin(Building, Home.building_id == Building.id)
        .where(Resident.station_id == station, Resident.id.in_(unique_ids))
    )
    return {row.id: Person(row.name, Address(*row[2:]) if row[2] else None) for row in rows.all()}


async def _addresses(tx: AsyncSession, station: UUID, home_ids: list[UUID]) -> dict[UUID, Address]:
    rows = await tx.execute(
        select(Home.id, Building.number, Home.unit, Home.number)
        .join(Building, Home.building_id == Building.id)
        .where(Home.station_id == station, Home.id.in_(home_ids))
    )
    return {id_: Address(building, unit, number) for id_, building, unit, number in rows}
