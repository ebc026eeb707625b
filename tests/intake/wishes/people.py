"""The people around a wish as actors of one station, and their wishes in every state."""

from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.register import actions as register
from services.intake.register.models import Registration
from services.intake.residents import actions as residents
from services.intake.residents.models import ResidentFields
from services.intake.volunteers_view.models import Volunteer
from services.intake.wishes import actions
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared.auth import Actor, Role
from shared.contracts.envelope import Envelope
from shared.ids import new_id
from tests.support.messages import list_recorded

NAME = "演示愿望人"


@dataclass(frozen=True)
class People:
    """The actors around a wish."""

    wisher: Actor
    neighbour: Actor
    volunteer: Actor
    second: Actor
    partner: Actor
    desk: Actor
    colleague: Actor

    @classmethod
    async def create(cls, tx: AsyncSession, desk: Actor) -> Self:
        """Register new people of the desk's station; only the wisher has a home."""
        building = await register.add_building(tx, desk, str(new_id())[-8:], "", 2)
        home = await register.add_home(tx, desk, building.id, 2, "501")
        household = await register.add_household(tx, desk, home.id, Registration(own=True))
        wisher = await _create_resident(tx, desk, NAME, household.id)
        volunteer = await _create_volunteer(tx, desk, "演示志愿者")
        second = await _create_volunteer(tx, desk, "演示志愿者二")
        return cls(
            wisher=wisher,
            neighbour=await _create_resident(tx, desk, "演示邻居", None),
            volunteer=volunteer,
            second=second,
            partner=await _create_account(tx, desk, Role.PARTNER),
            desk=desk,
            colleague=await _create_account(tx, desk, Role.STAFF),
        )

    @property
    def for_wisher(self) -> Actor:
        """The desk on behalf of the wisher."""
        return self.desk.acting_for(self.wisher.person)

    async def create_wish(self, tx: AsyncSession, state: WishState = WishState.POSTED) -> Wish:
        """Create a wish in `state`, claimed by the volunteer where it is claimed."""
        wish = await actions.post(tx, self.wisher, "想换一个灯泡", "够不着")
        await _advance(tx, self, wish.id, state)
        return wish


async def _advance(tx: AsyncSession, people: People, wish: UUID, state: WishState) -> None:
    match state:
        case WishState.POSTED:
            return
        case WishState.DECLINED:
            await actions.decline(tx, people.desk, wish, "不合适")
            return
        case WishState.WITHDRAWN:
            await actions.withdraw(tx, people.wisher, wish)
            return
    await actions.approve(tx, people.desk, wish)
    if state == WishState.ANSWERED:
        await actions.answer(tx, people.desk, wish, "做不到")
    elif state != WishState.OPEN:
        await _claim_and_finish(tx, people, wish, state)


async def _claim_and_finish(tx: AsyncSession, people: People, wish: UUID, state: WishState) -> None:
    await actions.claim(tx, people.volunteer, wish)
    if state in (WishState.DELIVERED, WishState.FULFILLED):
        await actions.deliver(tx, people.volunteer, wish, "换好了", 30)
    if state == WishState.FULFILLED:
        await actions.confirm(tx, people.wisher, wish, "谢谢")


async def list_messages_about(tx: AsyncSession, wish: Wish) -> list[Envelope]:
    """List the messages about a wish, oldest first."""
    return await list_recorded(tx, subject=wish.subject)


def message_details(message: Envelope) -> dict[str, Any]:
    """Return the fields of a message without those of every wish message."""
    common = ("wish_id", "resident_id", "title")
    return {name: value for name, value in message.data.items() if name not in common}


async def _create_resident(
    tx: AsyncSession, desk: Actor, name: str, household: UUID | None
) -> Actor:
    resident = await residents.register(tx, desk, ResidentFields(name=name, household_id=household))
    return Actor(desk.station, resident.id, frozenset({Role.RESIDENT}))


async def _create_volunteer(tx: AsyncSession, desk: Actor, name: str) -> Actor:
    resident = await _create_resident(tx, desk, name, None)
    tx.add(
        Volunteer(
            volunteer_id=new_id(),
            station_id=desk.station,
            resident_id=resident.person,
            state="approved",
            version=1,
        )
    )
    await tx.flush()
    return replace(resident, roles=frozenset({Role.RESIDENT, Role.VOLUNTEER}))


async def _create_account(tx: AsyncSession, desk: Actor, role: Role) -> Actor:
    account = Account.create(desk.station, str(new_id()), f"演示{role}", role, "no password")
    tx.add(account)
    await tx.flush()
    return Actor(desk.station, account.id, frozenset({role}))
