"""Each action records its message, with the wish's version as sequence, and a transition."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from services.intake.wishes.errors import NotAVolunteer
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared.contracts.envelope import Envelope
from tests.intake.wishes.people import People, list_messages_about, message_details


def _short_type_names(messages: list[Envelope]) -> list[str]:
    return [message.type.removeprefix("linli.wish.").removesuffix(".v1") for message in messages]


async def _list_transitions(tx: AsyncSession, wish: Wish) -> list[WishTransition]:
    await tx.flush()
    statement = (
        select(WishTransition)
        .where(WishTransition.wish_id == wish.id)
        .order_by(WishTransition.version)
    )
    return list(await tx.scalars(statement))


async def test_every_step_of_a_wish_is_published_once_in_order(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.FULFILLED)
    messages = await list_messages_about(tx, wish)
    assert _short_type_names(messages) == ["posted", "opened", "claimed", "delivered", "fulfilled"]
    assert [message.sequence for message in messages] == [1, 2, 3, 4, 5]
    assert {message.subject for message in messages} == {f"wishes/{wish.id}"}
    assert {message.station for message in messages} == {people.desk.station}
    assert {message.source for message in messages} == {"/services/intake"}


async def test_messages_carry_the_projection_and_nothing_personal(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.FULFILLED)
    assert (await list_messages_about(tx, wish))[-1].data == {
        "wish_id": str(wish.id),
        "resident_id": str(people.wisher.person),
        "title": "想换一个灯泡",
        "taker_kind": "volunteer",
        "taker_id": str(people.volunteer.person),
        "minutes": 30,
        "revision": 1,
    }


async def test_claim_message_has_the_end_of_the_lease(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    (claimed,) = (await list_messages_about(tx, wish))[2:]
    assert claimed.data["taker_id"] == str(people.volunteer.person)
    assert wish.lease_until is not None
    assert claimed.data["lease_until"] == wish.lease_until.isoformat().replace("+00:00", "Z")


async def test_partner_and_station_claim_wishes(tx: AsyncSession, people: People) -> None:
    theirs, ours = (
        await people.create_wish(tx, WishState.OPEN),
        await people.create_wish(tx, WishState.OPEN),
    )
    await actions.claim(tx, people.partner, theirs.id)
    await actions.claim(tx, people.desk, ours.id)
    assert (theirs.taker_kind, theirs.taker_id) == ("partner", people.partner.person)
    assert (ours.taker_kind, ours.taker_id) == ("station", people.desk.station)
    assert message_details((await list_messages_about(tx, ours))[-1]) == {
        "taker_kind": "station",
        "taker_id": str(people.desk.station),
        "lease_until": None,
    }
    assert (await _list_transitions(tx, ours))[-1].person == people.desk.person


async def test_the_desk_takes_a_wish_on_behalf_of_a_volunteer(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    await actions.claim(tx, people.desk.acting_for(people.volunteer.person), wish.id)
    assert (wish.taker_kind, wish.taker_id) == ("volunteer", people.volunteer.person)
    step = (await _list_transitions(tx, wish))[-1]
    assert (step.hand, step.person) == ("desk", people.desk.person)
    assert step.on_behalf_of == people.volunteer.person


async def test_release_message_names_the_former_taker(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    await actions.release(tx, people.volunteer, wish.id, "没空了")
    released = (await list_messages_about(tx, wish))[-1]
    assert message_details(released) == {
        "taker_kind": "volunteer",
        "taker_id": str(people.volunteer.person),
        "reason": "given_back",
    }
    assert (wish.state, wish.taker_id, wish.lease_until) == (WishState.OPEN, None, None)
    assert (await _list_transitions(tx, wish))[-1].note == "没空了"


async def test_handing_over_is_a_release_and_a_claim(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    await actions.release(tx, people.volunteer, wish.id, to=people.second.person)
    released, claimed = (await list_messages_about(tx, wish))[-2:]
    assert (released.data["reason"], released.sequence) == ("handed_over", 4)
    assert released.data["taker_id"] == str(people.volunteer.person)
    assert (claimed.data["taker_id"], claimed.sequence) == (str(people.second.person), 5)
    assert wish.taker_id == people.second.person


@pytest.mark.parametrize("state", [WishState.CLAIMED, WishState.DELIVERED])
async def test_withdrawing_releases_the_taker_first(
    tx: AsyncSession, people: People, state: WishState
) -> None:
    wish = await people.create_wish(tx, state)
    await actions.withdraw(tx, people.wisher, wish.id)
    released, withdrawn = (await list_messages_about(tx, wish))[-2:]
    assert message_details(released)["reason"] == "withdrawn"
    assert released.data["taker_id"] == str(people.volunteer.person)
    assert message_details(withdrawn) == {"taker_kind": None, "taker_id": None}
    assert withdrawn.sequence == released.sequence + 1 == wish.version


async def test_answering_releases_the_taker_first(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    await actions.answer(tx, people.desk, wish.id, "已由物业更换整栋楼的灯")
    assert _short_type_names(await list_messages_about(tx, wish))[-2:] == ["released", "answered"]
    assert (wish.state, wish.answer) == (WishState.ANSWERED, "已由物业更换整栋楼的灯")


async def test_reopened_message_has_the_revision_of_the_confirmation(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.FULFILLED)
    await actions.reopen(tx, people.wisher, wish.id, "又坏了")
    await actions.deliver(tx, people.volunteer, wish.id, "重新换了", 15)
    await actions.confirm(tx, people.for_wisher, wish.id)
    messages = (await list_messages_about(tx, wish))[4:]
    assert _short_type_names(messages) == ["fulfilled", "reopened", "delivered", "fulfilled"]
    revisions: list[Any] = [message.data.get("revision") for message in messages]
    assert revisions == [1, 1, None, 2]
    assert messages[1].data["taker_id"] == str(people.volunteer.person)
    assert messages[1].data["lease_until"] is not None


async def test_refusing_keeps_the_taker(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    await actions.refuse(tx, people.wisher, wish.id, "还是不亮")
    refused = (await list_messages_about(tx, wish))[-1]
    assert _short_type_names([refused]) == ["refused"]
    assert refused.data["taker_id"] == str(people.volunteer.person)
    assert wish.lease_until is not None
    assert refused.data["lease_until"] == wish.lease_until.isoformat().replace("+00:00", "Z")


async def test_the_desk_posts_on_behalf_of_a_resident(tx: AsyncSession, people: People) -> None:
    wish = await actions.post(tx, people.for_wisher, "想有人念信", "")
    (step,) = await _list_transitions(tx, wish)
    assert wish.resident_id == people.wisher.person
    assert (step.hand, step.on_behalf_of) == ("desk", people.wisher.person)
    assert (step.from_state, step.to_state) == (None, WishState.POSTED)


async def test_every_change_stores_a_transition_with_its_version(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    await actions.withdraw(tx, people.wisher, wish.id)
    steps = await _list_transitions(tx, wish)
    assert [step.version for step in steps] == [1, 2, 3, 4, 5, 6]
    assert [step.hand for step in steps] == [
        "resident",
        "desk",
        "volunteer",
        "volunteer",
        "resident",
        "resident",
    ]
    states = [step.to_state for step in steps]
    assert states == ["posted", "open", "claimed", "delivered", "open", "withdrawn"]
    assert [step.from_state for step in steps] == [None, *states[:-1]]


async def test_refused_action_records_nothing(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    with pytest.raises(NotAVolunteer):
        await actions.claim(tx, people.neighbour, wish.id)
    assert _short_type_names(await list_messages_about(tx, wish)) == ["posted", "opened"]
    assert len(await _list_transitions(tx, wish)) == 2
