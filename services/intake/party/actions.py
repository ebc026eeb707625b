"""Entering party members, and taking entries away."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.party.models import MemberAlreadyExists, MembershipFields, PartyMember
from services.intake.residents.models import Resident
from shared.auth import Actor
from shared.db import flush_or_conflict, load


async def add(
    tx: AsyncSession, actor: Actor, resident_id: UUID, fields: MembershipFields
) -> PartyMember:
    """Enter a resident as a party member; NotFound, MemberAlreadyExists, Invalid."""
    resident = await load(tx, Resident, resident_id, station=actor.station)
    member = PartyMember.enter(actor.station, resident.id, fields)
    await flush_or_conflict(tx, member, MemberAlreadyExists)
    return member


async def remove(tx: AsyncSession, actor: Actor, member_id: UUID) -> None:
    """Take an entry away, with all that it said; NotFound."""
    await tx.delete(await load(tx, PartyMember, member_id, station=actor.station, lock=True))
    await tx.flush()
