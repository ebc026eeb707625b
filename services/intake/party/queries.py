"""Reading who is a party member: the desk does, and nobody else."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.party.models import Membership, PartyMember
from services.intake.residents import queries as residents
from services.intake.residents.queries import Person
from shared.auth import Actor
from shared.db import Page, PageRequest, page


@dataclass(frozen=True)
class MemberWithPerson:
    """An entry with whose it is."""

    member: PartyMember
    person: Person


async def list_members(
    tx: AsyncSession, actor: Actor, membership: Membership | None, page_request: PageRequest
) -> Page[MemberWithPerson]:
    """The station's party members, or those of one kind of membership, newest entry first."""
    statement = select(PartyMember).where(PartyMember.station_id == actor.station)
    if membership is not None:
        statement = statement.where(PartyMember.membership == membership)
    found: Page[PartyMember] = await page(
        tx, statement, PartyMember.id, after=page_request.after, limit=page_request.limit
    )
    ids = [member.resident_id for member in found.items]
    people = await residents.people(tx, actor.station, ids)
    return Page(
        [MemberWithPerson(one, people[one.resident_id]) for one in found.items], found.after
    )


async def of_resident(tx: AsyncSession, actor: Actor, resident_id: UUID) -> PartyMember | None:
    """The entry of a resident, where there is one."""
    found: PartyMember | None = await tx.scalar(
        select(PartyMember).where(
            PartyMember.station_id == actor.station, PartyMember.resident_id == resident_id
        )
    )
    return found
