"""The actions that change the register."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.residents.models import (
    Building,
    BuildingAlreadyExists,
    Home,
    HomeAlreadyExists,
    Household,
    NoPhone,
    PhoneAlreadyExists,
    Registration,
    Resident,
    ResidentFields,
    Reveal,
)
from shared.aggregate import flush_or_conflict, load, load_for_update
from shared.auth import Actor
from shared.bus.outbox.record import record
from shared.db import sealer_of
from shared.language import Language
from shared.web.preconditions import ANY_VERSION, ExpectedVersion


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


async def register(tx: AsyncSession, actor: Actor, fields: ResidentFields) -> Resident:
    """Add a resident to the register.

    Raises: PhoneAlreadyExists, NotFound (also for a household of another station).
    """
    await _check_household(tx, actor, fields)
    resident = Resident.register(actor.station, fields, sealer_of(tx))
    await flush_or_conflict(tx, resident, PhoneAlreadyExists)
    await record(tx, resident, resident.registered_message())
    return resident


async def change(
    tx: AsyncSession,
    actor: Actor,
    resident_id: UUID,
    changes: dict[str, Any],
    expected: ExpectedVersion = ANY_VERSION,
) -> Resident:
    """Change those fields of `ResidentFields` that are in `changes`; the others stay.

    Raises: PreconditionFailed (the present version is not `expected`), PhoneAlreadyExists,
    NotFound.
    """
    resident = await load_for_update(tx, Resident, resident_id, station=actor.station)
    expected.check(resident.version)
    fields = replace(resident.to_fields(sealer_of(tx)), **changes)
    await _check_household(tx, actor, fields)
    resident.change(fields, sealer_of(tx))
    if tx.is_modified(resident):
        await flush_or_conflict(tx, resident, PhoneAlreadyExists)
        await record(tx, resident, resident.changed_message())
    return resident


async def set_language(
    tx: AsyncSession, actor: Actor, resident_id: UUID, language: Language
) -> Resident:
    """Set the language in which the resident is addressed."""
    return await change(tx, actor, resident_id, {"language": language})


async def reveal(tx: AsyncSession, actor: Actor, resident_id: UUID, reason: str) -> str:
    """Return the resident's phone in clear and record the reveal. Raises: NotFound, NoPhone."""
    resident = await load(tx, Resident, resident_id, station=actor.station)
    phone = resident.phone(sealer_of(tx))
    if phone is None:
        raise NoPhone
    tx.add(Reveal.to(actor, resident, reason))
    return phone


async def _check_household(tx: AsyncSession, actor: Actor, fields: ResidentFields) -> None:
    if fields.household_id is not None:
        await load(tx, Household, fields.household_id, station=actor.station)
