"""Writing the register."""

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
from shared.auth import Actor
from shared.bus.outbox.record import record
from shared.db import flush_or_conflict, load, sealer_of
from shared.language import Language
from shared.web.preconditions import ANY_VERSION, ExpectedVersion


async def add_building(
    tx: AsyncSession, actor: Actor, number: str, name: str, units: int
) -> Building:
    """Put a building on the register; BuildingAlreadyExists."""
    building = Building.new(actor.station, number=number, name=name, units=units)
    await flush_or_conflict(tx, building, BuildingAlreadyExists)
    return building


async def add_home(
    tx: AsyncSession, actor: Actor, building_id: UUID, unit: int, number: str
) -> Home:
    """Put a home of a building on the register; HomeAlreadyExists, Invalid."""
    building = await load(tx, Building, building_id, station=actor.station)
    home = Home.of(building, unit, number)
    await flush_or_conflict(tx, home, HomeAlreadyExists)
    return home


async def add_household(
    tx: AsyncSession, actor: Actor, home_id: UUID, registration: Registration
) -> Household:
    """Put the household of a home on the register."""
    home = await load(tx, Home, home_id, station=actor.station)
    household = Household.of(home, registration)
    tx.add(household)
    await tx.flush()
    return household


async def register(tx: AsyncSession, actor: Actor, fields: ResidentFields) -> Resident:
    """Put a resident on the register; PhoneAlreadyExists, NotFound for another station's household."""
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
    """Change what the register says: the fields of `Details` in `changes`, the others stay.

    Raises Stale when the present version is not `expected`, PhoneAlreadyExists, NotFound.
    """
    resident = await load(tx, Resident, resident_id, station=actor.station, lock=True)
    expected.check(resident.version)
    details = replace(resident.to_fields(sealer_of(tx)), **changes)
    await _check_household(tx, actor, details)
    resident.change(details, sealer_of(tx))
    if tx.is_modified(resident):
        await flush_or_conflict(tx, resident, PhoneAlreadyExists)
        await record(tx, resident, resident.changed_message())
    return resident


async def set_language(
    tx: AsyncSession, actor: Actor, resident_id: UUID, language: Language
) -> Resident:
    """Let the resident be addressed in that language."""
    return await change(tx, actor, resident_id, {"language": language})


async def reveal(tx: AsyncSession, actor: Actor, resident_id: UUID, reason: str) -> str:
    """The resident's phone in clear, recorded with the reason; NoPhone."""
    resident = await load(tx, Resident, resident_id, station=actor.station)
    phone = resident.phone(sealer_of(tx))
    if phone is None:
        raise NoPhone
    tx.add(Reveal.to(actor, resident, reason))
    return phone


async def _check_household(tx: AsyncSession, actor: Actor, fields: ResidentFields) -> None:
    if fields.household_id is not None:
        await load(tx, Household, fields.household_id, station=actor.station)
