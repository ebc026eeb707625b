"""The queries of party members; for the desk only."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.party.models import Membership, PartyMember
from services.intake.residents import queries as residents
from services.intake.residents.queries import Person
from shared.auth import Actor
from shared.pagination import Page, PageRequest, page


@dataclass(frozen=True)
class MemberWithPerson:
    """An entry with the name and home of its resident."""

    member: PartyMember
    person: Person


async def list_members(
    tx: AsyncSession, actor: Actor, membership: Membership | None, page_request: PageRequest
) -> Page[MemberWithPerson]:
    """List the station's party members, or those of one membership, newest entry first."""
    statement = select(PartyMember).where(PartyMember.station_id == actor.station)
    if membership is not None:
        statement = statement.where(PartyMember.membership == membership)
    members: Page[PartyMember] = await page(
        tx, statement, PartyMember.id, after=page_request.after, limit=page_request.limit
    )
    ids = [member.resident_id for member in members.items]
    people = await residents.load_people(tx, actor.station, ids)
    return Page(
        [MemberWithPerson(one, people[one.resident_id]) for one in members.items], members.after
    )


async def get_by_resident(tx: AsyncSession, actor: Actor, resident_id: UUID) -> PartyMember | None:
    """Return the entry of a resident, or None."""
    member: PartyMember | None = await tx.scalar(
        select(PartyMember).where(
            PartyMember.station_id == actor.station, PartyMember.resident_id == resident_id
        )
    )
    return member
