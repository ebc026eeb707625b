"""The actions on entries of party members: add and remove."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.party.models import MemberAlreadyExists, MembershipFields, PartyMember
from services.intake.residents.models import Resident
from shared.aggregate import flush_or_conflict, load, load_for_update
from shared.auth import Actor


async def add(
    tx: AsyncSession, actor: Actor, resident_id: UUID, fields: MembershipFields
) -> PartyMember:
    """Enter a resident as a party member. Raises: NotFound, MemberAlreadyExists, Invalid."""
    resident = await load(tx, Resident, resident_id, station=actor.station)
    member = PartyMember.enter(actor.station, resident.id, fields)
    await flush_or_conflict(tx, member, MemberAlreadyExists)
    return member


async def remove(tx: AsyncSession, actor: Actor, member_id: UUID) -> None:
    """Delete an entry. Raises: NotFound."""
    await tx.delete(await load_for_update(tx, PartyMember, member_id, station=actor.station))
    await tx.flush()
