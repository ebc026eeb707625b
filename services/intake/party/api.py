"""The endpoints of party members."""

from datetime import date
from typing import Self
from uuid import UUID

from services.intake.party import actions, queries
from services.intake.party.models import Membership, MembershipFields, PartyMember
from services.intake.residents import queries as residents
from services.intake.residents.queries import Person
from shared.text_validation import Day
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, RequestModel, ResponseModel, Tx
from shared.web.pagination import Pagination

router = ApiRouter(prefix="/party", tags=["party"])


class AddMember(RequestModel):
    """A new entry; `reported` says that a member of another branch reports here, too."""

    resident_id: UUID
    membership: Membership
    reported: bool = False
    joined_on: Day | None = None

    def to_fields(self) -> MembershipFields:
        """Convert the request to the fields of the model."""
        return MembershipFields(**self.model_dump(exclude={"resident_id"}))


class MemberView(ResponseModel):
    """A party member; for the desk."""

    id: UUID
    resident_id: UUID
    resident_name: str
    building: str | None
    membership: Membership
    reported: bool
    joined_on: date | None

    @classmethod
    def of(cls, member: PartyMember, person: Person) -> Self:
        """Build the response from an entry and its resident."""
        building = person.home.building if person.home else None
        names = ("id", "resident_id", "membership", "reported", "joined_on")
        fields = {name: getattr(member, name) for name in names}
        return cls(**fields, resident_name=person.name, building=building)


@router.post("/members", policy="party.write", status_code=201, problems=(404,))
async def add_member(body: AddMember, tx: Tx, actor: CurrentActor) -> MemberView:
    """Enter a resident as a party member."""
    member = await actions.add(tx, actor, body.resident_id, body.to_fields())
    people = await residents.load_people(tx, actor.station, [member.resident_id])
    return MemberView.of(member, people[member.resident_id])


@router.get("/members", policy="party.read")
async def list_members(
    tx: Tx, actor: CurrentActor, pagination: Pagination, membership: Membership | None = None
) -> list[MemberView]:
    """List the party members who live here, newest entry first."""
    members = pagination.set_next_link(
        await queries.list_members(tx, actor, membership, pagination.page_request)
    )
    return [MemberView.of(one.member, one.person) for one in members.items]


@router.delete("/members/{member_id}", policy="party.write", status_code=204)
async def remove_member(member_id: UUID, tx: Tx, actor: CurrentActor) -> None:
    """Delete an entry."""
    await actions.remove(tx, actor, member_id)
