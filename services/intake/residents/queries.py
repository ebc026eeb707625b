"""The queries of residents, always within a station."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.register.models import Building, Home, Household
from services.intake.register.queries import Address
from services.intake.residents.models import Resident
from shared.aggregate import load
from shared.db import sealer_of
from shared.errors import NotFound
from shared.pagination import DEFAULT_PAGE_SIZE, Page, page


@dataclass(frozen=True)
class Person:
    """A resident's name and home; callers check who may know them."""

    name: str
    home: Address | None


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


async def list_residents_at(tx: AsyncSession, station: UUID, home: Address) -> Sequence[Resident]:
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


async def load_people(tx: AsyncSession, station: UUID, ids: Iterable[UUID]) -> dict[UUID, Person]:
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
