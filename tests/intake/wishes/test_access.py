"""What each reader sees of a wish, and which actors are refused."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delegation import CannotActOnBehalf
from services.intake.register.queries import Address
from services.intake.wishes import actions, errors, queries
from services.intake.wishes.models import Wish
from services.intake.wishes.queries import WishFilter
from services.intake.wishes.states import WishState
from shared.auth import Actor, Role
from shared.errors import Invalid, NotFound, Problem
from shared.ids import new_id
from tests.intake.wishes.people import NAME, People


async def _sees_identity(tx: AsyncSession, actor: Actor, wish: Wish) -> bool:
    """Return whether the actor sees name and home, of which nobody sees only one."""
    for_reader = await queries.get(tx, actor, wish.id)
    assert (for_reader.resident_name is None) == (for_reader.home is None)
    return for_reader.resident_name is not None


async def test_taker_sees_name_and_home_until_release(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    assert not await _sees_identity(tx, people.volunteer, wish)
    await actions.claim(tx, people.volunteer, wish.id)
    for_taker = await queries.get(tx, people.volunteer, wish.id)
    assert for_taker.resident_name == NAME
    assert for_taker.home is not None
    assert (for_taker.home.unit, for_taker.home.number) == (2, "501")
    await actions.release(tx, people.volunteer, wish.id)
    assert not await _sees_identity(tx, people.volunteer, wish)


async def test_former_taker_sees_nothing_after_hand_over(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    await actions.release(tx, people.volunteer, wish.id, to=people.second.person)
    with pytest.raises(NotFound):
        await queries.get(tx, people.volunteer, wish.id)
    assert await _sees_identity(tx, people.second, wish)


async def test_resident_and_desk_see_name_home_and_taker(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    for somebody in (people.wisher, people.desk):
        for_reader = await queries.get(tx, somebody, wish.id)
        assert (for_reader.resident_name, for_reader.taker_name) == (NAME, "演示志愿者")
        assert isinstance(for_reader.home, Address)


async def test_partner_has_a_taker_name_and_the_station_has_none(
    tx: AsyncSession, people: People
) -> None:
    theirs, ours = (
        await people.create_wish(tx, WishState.OPEN),
        await people.create_wish(tx, WishState.OPEN),
    )
    await actions.claim(tx, people.partner, theirs.id)
    await actions.claim(tx, people.desk, ours.id)
    assert (await queries.get(tx, people.wisher, theirs.id)).taker_name == "演示partner"
    assert (await queries.get(tx, people.wisher, ours.id)).taker_name is None


@pytest.mark.parametrize("state", WishState)
async def test_lists_agree_with_visibility_in_every_state(
    tx: AsyncSession, people: People, state: WishState
) -> None:
    wish = await people.create_wish(tx, state)
    for somebody in (
        people.wisher,
        people.neighbour,
        people.volunteer,
        people.partner,
        people.desk,
    ):
        page = await queries.list_wishes(tx, somebody, WishFilter())
        assert (wish.id in {item.wish.id for item in page.items}) == wish.visible_to(somebody)


async def test_lists_are_filtered(tx: AsyncSession, people: People) -> None:
    posted = await people.create_wish(tx)
    claimed = await people.create_wish(tx, WishState.CLAIMED)
    ours = await people.create_wish(tx, WishState.OPEN)
    await actions.claim(tx, people.desk, ours.id)

    async def list_ids(actor: Actor, wish_filter: WishFilter) -> list[UUID]:
        page = await queries.list_wishes(tx, actor, wish_filter)
        return [item.wish.id for item in page.items]

    assert await list_ids(people.volunteer, WishFilter(as_taker=True)) == [claimed.id]
    assert await list_ids(people.wisher, WishFilter(mine=True)) == [ours.id, claimed.id, posted.id]
    assert await list_ids(people.desk, WishFilter(as_taker=True)) == [ours.id]
    assert await list_ids(people.desk, WishFilter(states=(WishState.POSTED,))) == [posted.id]
    assert await list_ids(people.volunteer, WishFilter(mine=True)) == []


async def test_only_the_desk_reads_names_in_transitions(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    for somebody in (people.wisher, people.volunteer):
        assert {s.name for s in await queries.list_transitions(tx, somebody, wish)} == {None}
    assert {s.name for s in await queries.list_transitions(tx, people.desk, wish)} >= {
        NAME,
        "演示志愿者",
    }


async def test_taker_reads_only_notes_since_the_present_claim(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    await actions.release(tx, people.volunteer, wish.id, "没空了")
    for_neighbour = [s.note for s in await queries.list_transitions(tx, people.neighbour, wish)]
    await actions.claim(tx, people.second, wish.id)
    await actions.deliver(tx, people.second, wish.id, "换好了", 20)
    await actions.refuse(tx, people.wisher, wish.id, "还是不亮")
    for_taker = [s.note for s in await queries.list_transitions(tx, people.second, wish) if s.note]
    for_resident = [
        s.note for s in await queries.list_transitions(tx, people.wisher, wish) if s.note
    ]
    assert set(for_neighbour) == {None}
    assert for_taker == ["换好了", "还是不亮"]
    assert for_resident == ["没空了", "换好了", "还是不亮"]


async def test_only_approved_volunteers_claim_or_receive_wishes(
    tx: AsyncSession, people: People
) -> None:
    wish, claimed = (
        await people.create_wish(tx, WishState.OPEN),
        await people.create_wish(tx, WishState.CLAIMED),
    )
    unknown = Actor(people.desk.station, new_id(), frozenset({Role.RESIDENT, Role.VOLUNTEER}))
    for somebody in (people.neighbour, unknown, people.desk.acting_for(people.neighbour.person)):
        with pytest.raises(errors.NotAVolunteer):
            await actions.claim(tx, somebody, wish.id)
    with pytest.raises(errors.NotAVolunteer):
        await actions.release(tx, people.volunteer, claimed.id, to=people.neighbour.person)


async def test_hand_over_to_the_present_taker_is_refused(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    with pytest.raises(errors.SameTaker):
        await actions.release(tx, people.volunteer, wish.id, to=people.volunteer.person)


async def test_volunteer_cannot_claim_their_own_wish(tx: AsyncSession, people: People) -> None:
    wish = await actions.post(tx, people.volunteer, "想学手机拍照", "")
    await actions.approve(tx, people.desk, wish.id)
    for somebody in (people.volunteer, people.desk.acting_for(people.volunteer.person)):
        with pytest.raises(errors.OwnWish):
            await actions.claim(tx, somebody, wish.id)


async def test_only_the_desk_acts_for_others(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    acting = people.neighbour.acting_for(people.wisher.person)
    with pytest.raises(CannotActOnBehalf):
        await actions.post(tx, acting, "想换门锁", "")
    with pytest.raises(CannotActOnBehalf):
        await actions.confirm(tx, acting, wish.id)


async def test_desk_must_name_the_resident_of_a_wish(tx: AsyncSession, people: People) -> None:
    with pytest.raises(Invalid):
        await actions.post(tx, people.desk, "想换门锁", "")
    with pytest.raises(NotFound):
        await actions.post(tx, people.desk.acting_for(new_id()), "想换门锁", "")


async def test_actions_on_invisible_wishes_are_refused(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    with pytest.raises(NotFound):
        await actions.confirm(tx, people.neighbour, wish.id)
    with pytest.raises(NotFound):
        await actions.deliver(tx, people.second, wish.id, "换好了", 5)


async def test_claim_conflicts_while_claimed_and_finds_no_hidden_wish(
    tx: AsyncSession, people: People
) -> None:
    for state in (WishState.CLAIMED, WishState.DELIVERED):
        wish = await people.create_wish(tx, state)
        with pytest.raises(errors.AlreadyClaimed):
            await actions.claim(tx, people.second, wish.id)
    for state in (WishState.POSTED, WishState.FULFILLED, WishState.WITHDRAWN):
        wish = await people.create_wish(tx, state)
        with pytest.raises(NotFound):
            await actions.claim(tx, people.second, wish.id)


@pytest.mark.parametrize("role", [Role.STAFF, Role.VOLUNTEER, Role.RESIDENT, Role.PARTNER])
async def test_another_station_sees_and_changes_nothing(
    tx: AsyncSession, people: People, role: Role
) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    stranger = Actor(new_id(), new_id(), frozenset({role}))
    as_wisher = Actor(new_id(), people.wisher.person, frozenset({Role.RESIDENT}))
    for somebody in (stranger, as_wisher):
        with pytest.raises(NotFound):
            await queries.get(tx, somebody, wish.id)
        with pytest.raises(Problem) as error:
            await actions.claim(tx, somebody, wish.id)
        assert error.value.status == 404
        assert not (await queries.list_wishes(tx, somebody, WishFilter())).items
