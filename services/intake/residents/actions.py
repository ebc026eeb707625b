"""The actions on residents."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.register.models import Household
from services.intake.residents.errors import NoPhone, PhoneAlreadyExists
from services.intake.residents.models import Resident, ResidentFields, Reveal
from shared.aggregate import flush_or_conflict, load, load_for_update
from shared.auth import Actor
from shared.db import sealer_of
from shared.language import Language
from shared.state import save
from shared.web.preconditions import ANY_VERSION, ExpectedVersion


async def register(tx: AsyncSession, actor: Actor, fields: ResidentFields) -> Resident:
    """Add a resident to the register.

    Raises: PhoneAlreadyExists, NotFound (also for a household of another station).
    """
    await _check_household(tx, actor, fields)
    resident = Resident.register(actor.station, fields, sealer_of(tx))
    await flush_or_conflict(tx, resident, PhoneAlreadyExists)
    return await save(tx, actor, resident)


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
    await flush_or_conflict(tx, resident, PhoneAlreadyExists)
    return await save(tx, actor, resident)


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
