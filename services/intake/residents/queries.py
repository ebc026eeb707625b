"""Reading the register, always within a station."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.residents.models import Building, Home, Household, Resident
from shared.db import PAGE, Page, load, page, sealer_of
from shared.errors import NotFound


@dataclass(frozen=True)
class Address:
    """Where a household lives; for those only who may know."""

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
    """A resident's name and home; for those only who may know them."""

    name: str
    home: Address | None


async def list_buildings(
    tx: AsyncSession, station: UUID, after: UUID | None = None, limit: int = PAGE
) -> Page[Building]:
    """The station's buildings."""
    statement = select(Building).where(Building.station_id == station)
    return await page(tx, statement, Building.id, after=after, limit=limit)


async def list_homes(
    tx: AsyncSession, station: UUID, building_id: UUID, after: UUID | None = None, limit: int = PAGE
) -> Page[Home]:
    """The homes of a building; NotFound when the station has no such building."""
    building = await load(tx, Building, building_id, station=station)
    statement = select(Home).where(Home.station_id == station, Home.building_id == building.id)
    return await page(tx, statement, Home.id, after=after, limit=limit)


async def list_households(
    tx: AsyncSession,
    station: UUID,
    home_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> Page[HouseholdWithAddress]:
    """The station's households, or those of one home, with their addresses."""
    statement = select(Household).where(Household.station_id == station)
    if home_id is not None:
        statement = statement.where(Household.home_id == home_id)
    found: Page[Household] = await page(tx, statement, Household.id, after=after, limit=limit)
    addresses = await _addresses(tx, station, [household.home_id for household in found.items])
    lived = [
        HouseholdWithAddress(household, addresses[household.home_id]) for household in found.items
    ]
    return Page(lived, found.after)


async def list_residents(
    tx: AsyncSession,
    station: UUID,
    household_id: UUID | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> Page[Resident]:
    """The station's residents, or those of one household."""
    statement = select(Resident).where(Resident.station_id == station)
    if household_id is not None:
        statement = statement.where(Resident.household_id == household_id)
    return await page(tx, statement, Resident.id, after=after, limit=limit)


async def get_resident(tx: AsyncSession, station: UUID, resident_id: UUID) -> Resident:
    """One resident; NotFound."""
    return await load(tx, Resident, resident_id, station=station)


async def lock_resident(tx: AsyncSession, station: UUID, resident_id: UUID) -> None:
    """Let nobody else act for that resident until the transaction ends; NotFound.

    What merely refers to the resident goes on meanwhile (FOR NO KEY UPDATE).
    """
    statement = select(Resident.id).where(
        Resident.id == resident_id, Resident.station_id == station
    )
    if await tx.scalar(statement.with_for_update(key_share=True)) is None:
        raise NotFound


async def find_by_phone(tx: AsyncSession, station: UUID, phone: str) -> Resident | None:
    """The resident with that phone, in its one written form."""
    lookup = sealer_of(tx).blind_index(phone)
    found: Resident | None = await tx.scalar(
        select(Resident).where(Resident.station_id == station, Resident.phone_lookup == lookup)
    )
    return found


async def residents_at(tx: AsyncSession, station: UUID, home: Address) -> Sequence[Resident]:
    """The residents of that home, none where there is no such home."""
    found = await tx.scalars(
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
    return found.all()


async def people(tx: AsyncSession, station: UUID, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """The names and homes of those residents of the station."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = await tx.execute(
        select(Resident.id, Resident.name, Building.number, Home.unit, Home.number)
        .outerjoin(Household, Resident.household_id == Household.id)
        .outerjoin(Home, Household.home_id == Home.id)
        .outerjoin(Building, Home.building_id == Building.id)
        .where(Resident.station_id == station, Resident.id.in_(wanted))
    )
    return {row.id: Person(row.name, Address(*row[2:]) if row[2] else None) for row in found.all()}


async def _addresses(tx: AsyncSession, station: UUID, home_ids: list[UUID]) -> dict[UUID, Address]:
    found = await tx.execute(
        select(Home.id, Building.number, Home.unit, Home.number)
        .join(Building, Home.building_id == Building.id)
        .where(Home.station_id == station, Home.id.in_(home_ids))
    )
    return {id_: Address(building, unit, number) for id_, building, unit, number in found}
