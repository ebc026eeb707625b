"""Who sees what of a wish, and who is refused."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delegation import CannotActOnBehalf
from services.intake.residents.queries import Address
from services.intake.wishes import actions, queries
from services.intake.wishes import errors as no
from services.intake.wishes.models import Wish, WishState
from services.intake.wishes.queries import WishFilter
from shared.auth import Actor, Role
from shared.errors import Invalid, NotFound, Problem
from shared.ids import new_id
from tests.intake.wishes.people import NAME, People


async def _sees_identity(tx: AsyncSession, actor: Actor, wish: Wish) -> bool:
    """Whether the actor sees name and home; both or neither."""
    seen = await queries.get(tx, actor, wish.id)
    assert (seen.resident_name is None) == (seen.home is None)
    return seen.resident_name is not None


async def test_the_taker_sees_name_and_home_while_it_is_theirs(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    assert not await _sees_identity(tx, people.volunteer, wish)
    await actions.claim(tx, people.volunteer, wish.id)
    seen = await queries.get(tx, people.volunteer, wish.id)
    assert seen.resident_name == NAME
    assert seen.home is not None
    assert (seen.home.unit, seen.home.number) == (2, "501")
    await actions.release(tx, people.volunteer, wish.id)
    assert not await _sees_identity(tx, people.volunteer, wish)


async def test_after_a_hand_over_the_former_taker_sees_nothing(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    await actions.release(tx, people.volunteer, wish.id, to=people.second.person)
    with pytest.raises(NotFound):
        await queries.get(tx, people.volunteer, wish.id)
    assert await _sees_identity(tx, people.second, wish)


async def test_resident_and_desk_see_name_home_and_taker(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    for somebody in (people.wisher, people.desk):
        seen = await queries.get(tx, somebody, wish.id)
        assert (seen.resident_name, seen.taker_name) == (NAME, "演示志愿者")
        assert isinstance(seen.home, Address)


async def test_a_partner_has_a_name_and_the_station_none(tx: AsyncSession, people: People) -> None:
    theirs, ours = (
        await people.create_wish(tx, WishState.OPEN),
        await people.create_wish(tx, WishState.OPEN),
    )
    await actions.claim(tx, people.partner, theirs.id)
    await actions.claim(tx, people.desk, ours.id)
    assert (await queries.get(tx, people.wisher, theirs.id)).taker_name == "演示partner"
    assert (await queries.get(tx, people.wisher, ours.id)).taker_name is None


@pytest.mark.parametrize("state", WishState)
async def test_lists_hold_what_may_be_seen_one_by_one(
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
        listed = await queries.list_wishes(tx, somebody, WishFilter())
        in_list = wish.id in {seen.wish.id for seen in listed.items}
        assert in_list == wish.visible_to(somebody)


async def test_lists_are_filtered(tx: AsyncSession, people: People) -> None:
    posted, taken = await people.create_wish(tx), await people.create_wish(tx, WishState.CLAIMED)
    ours = await people.create_wish(tx, WishState.OPEN)
    await actions.claim(tx, people.desk, ours.id)

    async def list_ids(actor: Actor, wish_filter: WishFilter) -> list[UUID]:
        return [seen.wish.id for seen in (await queries.list_wishes(tx, actor, wish_filter)).items]

    assert await list_ids(people.volunteer, WishFilter(as_taker=True)) == [taken.id]
    assert await list_ids(people.wisher, WishFilter(mine=True)) == [ours.id, taken.id, posted.id]
    assert await list_ids(people.desk, WishFilter(as_taker=True)) == [ours.id]
    assert await list_ids(people.desk, WishFilter(states=(WishState.POSTED,))) == [posted.id]
    assert await list_ids(people.volunteer, WishFilter(mine=True)) == []


async def test_names_in_the_steps_are_for_the_desk(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    for somebody in (people.wisher, people.volunteer):
        assert {s.name for s in await queries.list_transitions(tx, somebody, wish)} == {None}
    assert {s.name for s in await queries.list_transitions(tx, people.desk, wish)} >= {
        NAME,
        "演示志愿者",
    }


async def test_a_taker_reads_the_notes_since_they_have_it(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    await actions.release(tx, people.volunteer, wish.id, "没空了")
    open_to = [s.note for s in await queries.list_transitions(tx, people.neighbour, wish)]
    await actions.claim(tx, people.second, wish.id)
    await actions.deliver(tx, people.second, wish.id, "换好了", 20)
    await actions.refuse(tx, people.wisher, wish.id, "还是不亮")
    theirs = [s.note for s in await queries.list_transitions(tx, people.second, wish) if s.note]
    residents = [s.note for s in await queries.list_transitions(tx, people.wisher, wish) if s.note]
    assert set(open_to) == {None}
    assert theirs == ["换好了", "还是不亮"]
    assert residents == ["没空了", "换好了", "还是不亮"]


async def test_only_approved_volunteers_take_or_are_handed_wishes(
    tx: AsyncSession, people: People
) -> None:
    wish, taken = (
        await people.create_wish(tx, WishState.OPEN),
        await people.create_wish(tx, WishState.CLAIMED),
    )
    unknown = Actor(people.desk.station, new_id(), frozenset({Role.RESIDENT, Role.VOLUNTEER}))
    for somebody in (people.neighbour, unknown, people.desk.acting_for(people.neighbour.person)):
        with pytest.raises(no.NotAVolunteer):
            await actions.claim(tx, somebody, wish.id)
    with pytest.raises(no.NotAVolunteer):
        await actions.release(tx, people.volunteer, taken.id, to=people.neighbour.person)


async def test_nobody_hands_a_wish_to_themselves(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    with pytest.raises(no.SameTaker):
        await actions.release(tx, people.volunteer, wish.id, to=people.volunteer.person)


async def test_a_volunteer_does_not_take_their_own_wish(tx: AsyncSession, people: People) -> None:
    wish = await actions.post(tx, people.volunteer, "想学手机拍照", "")
    await actions.approve(tx, people.desk, wish.id)
    for somebody in (people.volunteer, people.desk.acting_for(people.volunteer.person)):
        with pytest.raises(no.OwnWish):
            await actions.claim(tx, somebody, wish.id)


async def test_only_the_desk_acts_for_others(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    acting = people.neighbour.acting_for(people.wisher.person)
    with pytest.raises(CannotActOnBehalf):
        await actions.post(tx, acting, "想换门锁", "")
    with pytest.raises(CannotActOnBehalf):
        await actions.confirm(tx, acting, wish.id)


async def test_the_desk_says_for_whom_a_wish_is(tx: AsyncSession, people: People) -> None:
    with pytest.raises(Invalid):
        await actions.post(tx, people.desk, "想换门锁", "")
    with pytest.raises(NotFound):
        await actions.post(tx, people.desk.acting_for(new_id()), "想换门锁", "")


async def test_what_one_may_not_see_one_can_not_act_on(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    with pytest.raises(NotFound):
        await actions.confirm(tx, people.neighbour, wish.id)
    with pytest.raises(NotFound):
        await actions.deliver(tx, people.second, wish.id, "换好了", 5)


async def test_who_comes_late_hears_that_a_wish_is_taken_but_not_that_it_came_true(
    tx: AsyncSession, people: People
) -> None:
    for state in (WishState.CLAIMED, WishState.DELIVERED):
        wish = await people.create_wish(tx, state)
        with pytest.raises(no.AlreadyClaimed):
            await actions.claim(tx, people.second, wish.id)
    for state in (WishState.POSTED, WishState.FULFILLED, WishState.WITHDRAWN):
        wish = await people.create_wish(tx, state)
        with pytest.raises(NotFound):
            await actions.claim(tx, people.second, wish.id)


@pytest.mark.parametrize("role", [Role.STAFF, Role.VOLUNTEER, Role.RESIDENT, Role.PARTNER])
async def test_another_station_sees_and_does_nothing(
    tx: AsyncSession, people: People, role: Role
) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    stranger = Actor(new_id(), new_id(), frozenset({role}))
    as_wisher = Actor(new_id(), people.wisher.person, frozenset({Role.RESIDENT}))
    for somebody in (stranger, as_wisher):
        with pytest.raises(NotFound):
            await queries.get(tx, somebody, wish.id)
        with pytest.raises(Problem) as refused:
            await actions.claim(tx, somebody, wish.id)
        assert refused.value.status == 404
        assert not (await queries.list_wishes(tx, somebody, WishFilter())).items
