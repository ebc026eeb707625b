"""The actions that add to the register."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.register.errors import BuildingAlreadyExists, HomeAlreadyExists
from services.intake.register.models import Building, Home, Household, Registration
from shared.aggregate import flush_or_conflict, load
from shared.auth import Actor


async def add_building(
    tx: AsyncSession, actor: Actor, number: str, name: str, units: int
) -> Building:
    """Add a building to the register. Raises: BuildingAlreadyExists."""
    building = Building.new(actor.station, number=number, name=name, units=units)
    await flush_or_conflict(tx, building, BuildingAlreadyExists)
    return building


async def add_home(
    tx: AsyncSession, actor: Actor, building_id: UUID, unit: int, number: str
) -> Home:
    """Add a home to a building. Raises: NotFound, HomeAlreadyExists, Invalid."""
    building = await load(tx, Building, building_id, station=actor.station)
    home = Home.of(building, unit, number)
    await flush_or_conflict(tx, home, HomeAlreadyExists)
    return home


async def add_household(
    tx: AsyncSession, actor: Actor, home_id: UUID, registration: Registration
) -> Household:
    """Add a household to a home. Raises: NotFound."""
    home = await load(tx, Home, home_id, station=actor.station)
    household = Household.of(home, registration)
    tx.add(household)
    await tx.flush()
    return household
