"""From messages to deliveries: who is told, once, in which language, and who has to wait."""

from typing import Any
from uuid import UUID

import pytest

from shared.contracts.intake import (
    WishAnswered,
    WishDeclined,
    WishDelivered,
    WishFulfilled,
    WishMessage,
    WishOpened,
    WishPosted,
    WishRefused,
    WishReleased,
    WishReopened,
    WishWithdrawn,
)
from shared.contracts.volunteers import (
    OwnerKind,
    PointsAwarded,
    PointsReversed,
    VolunteerApplied,
    VolunteerApproved,
)
from shared.errors import NotYet
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.notify.messages import (
    PHONE,
    TITLE,
    about_wish,
    claimed,
    code_issued,
    deliveries_of,
    handle,
    move_in,
    registered,
    told,
)

Line = tuple[str, str, str]


async def lines(runtime: Runtime, station: UUID, names: dict[UUID, str]) -> set[Line]:
    """Who is told what over which channel."""
    found = await deliveries_of(runtime, station)
    told_of = [(names[d.recipient_id], d.channel, d.template) for d in found]
    assert len(set(told_of)) == len(told_of)
    return set(told_of)


def both(who: str, template: str) -> set[Line]:
    """Told over both channels."""
    return {(who, "inbox", template), (who, "sms", template)}


WISHES: list[tuple[type[WishMessage], dict[str, Any], set[Line]]] = [
    (WishPosted, {}, {("resident", "inbox", "wish.posted")}),
    (WishOpened, {}, {("resident", "inbox", "wish.opened")}),
    (WishDeclined, {}, both("resident", "wish.declined")),
    (WishDelivered, {}, both("resident", "wish.delivered")),
    (WishAnswered, {}, both("resident", "wish.answered")),
    (WishRefused, {}, both("taker", "wish.refused")),
    (WishReopened, {"revision": 1}, both("taker", "wish.reopened")),
    (WishFulfilled, {"minutes": 30, "revision": 1}, {("taker", "inbox", "wish.fulfilled")}),
    (WishReleased, {"reason": "given_back"}, {("resident", "inbox", "wish.released")}),
    (
        WishReleased,
        {"reason": "expired"},
        {("resident", "inbox", "wish.released"), *both("taker", "wish.expired.taker")},
    ),
    (
        WishReleased,
        {"reason": "handed_over"},
        {
            ("resident", "inbox", "wish.handed-over.resident"),
            ("taker", "inbox", "wish.handed-over.taker"),
        },
    ),
    (WishReleased, {"reason": "withdrawn"}, both("taker", "wish.withdrawn.taker")),
    (WishReleased, {"reason": "answered"}, both("taker", "wish.closed.taker")),
    (
        WishWithdrawn,
        {},
        {("resident", "inbox", "wish.withdrawn.resident"), *both("taker", "wish.withdrawn.taker")},
    ),
]


@pytest.mark.parametrize(("contract", "more", "expected"), WISHES)
async def test_each_message_about_a_wish_tells_whom_it_concerns(
    runtime: Runtime,
    station: UUID,
    contract: type[WishMessage],
    more: dict[str, Any],
    expected: set[Line],
) -> None:
    resident, taker = await move_in(runtime, station), await move_in(runtime, station)
    taken: dict[str, Any] = {"taker_kind": "volunteer", "taker_id": taker}
    await handle(runtime, about_wish(station, contract, resident, **taken, **more))
    assert await lines(runtime, station, {resident: "resident", taker: "taker"}) == expected


async def test_a_claim_tells_the_resident_and_the_taker(runtime: Runtime, station: UUID) -> None:
    resident, taker = await move_in(runtime, station), await move_in(runtime, station)
    message = claimed(station, resident, taker)
    await handle(runtime, message)
    assert await lines(runtime, station, {resident: "resident", taker: "taker"}) == {
        *both("resident", "wish.claimed.resident"),
        ("taker", "inbox", "wish.claimed.taker"),
    }
    found = await deliveries_of(runtime, station)
    assert {d.correlation for d in found} == {message.correlation}
    assert {d.subject for d in found} == {message.subject}
    assert {(d.channel, d.state) for d in found} == {("inbox", "sent"), ("sms", "queued")}


async def test_the_same_five_times_is_told_once(runtime: Runtime, station: UUID) -> None:
    resident = await move_in(runtime, station)
    wish = new_id()
    again = [about_wish(station, WishOpened, resident, wish_id=wish) for _ in range(5)]
    assert len({message.id for message in again}) == 5
    await handle(runtime, *again[:3])
    for message in again[3:]:
        await handle(runtime, message)
    assert len(await deliveries_of(runtime, station)) == 1


async def test_the_same_thing_later_is_told_again(runtime: Runtime, station: UUID) -> None:
    resident = await move_in(runtime, station)
    wish = new_id()
    for sequence in (4, 6):
        message = about_wish(station, WishDelivered, resident, wish_id=wish, sequence=sequence)
        await handle(runtime, message)
    assert len(await deliveries_of(runtime, station)) == 4


async def test_a_withdrawal_told_by_two_messages_of_one_change_is_told_once(
    runtime: Runtime, station: UUID
) -> None:
    resident, taker = await move_in(runtime, station), await move_in(runtime, station)
    taken: dict[str, Any] = {"taker_kind": "volunteer", "taker_id": taker, "wish_id": new_id()}
    await handle(
        runtime,
        about_wish(station, WishReleased, resident, **taken, reason="withdrawn"),
        about_wish(station, WishWithdrawn, resident, **taken),
    )
    assert await lines(runtime, station, {resident: "resident", taker: "taker"}) == {
        ("resident", "inbox", "wish.withdrawn.resident"),
        *both("taker", "wish.withdrawn.taker"),
    }


async def test_a_resident_not_known_yet_waits_and_then_is_told(
    runtime: Runtime, station: UUID
) -> None:
    known, late = await move_in(runtime, station), new_id()
    soon = about_wish(station, WishOpened, late)
    with pytest.raises(NotYet):
        await handle(runtime, about_wish(station, WishOpened, known), soon)
    assert not await deliveries_of(runtime, station)
    with pytest.raises(NotYet):
        await handle(runtime, soon)
    await handle(runtime, registered(runtime, station, late, language="en"), soon)
    (delivery,) = await deliveries_of(runtime, station)
    assert (delivery.recipient_id, delivery.language) == (late, "en")


async def test_a_resident_of_another_station_is_not_known_here(
    runtime: Runtime, station: UUID
) -> None:
    elsewhere = await move_in(runtime, new_id())
    with pytest.raises(NotYet):
        await handle(runtime, about_wish(station, WishOpened, elsewhere))


async def test_without_a_phone_only_the_inbox_is_left(runtime: Runtime, station: UUID) -> None:
    resident = await move_in(runtime, station, phone=None)
    await handle(runtime, about_wish(station, WishDelivered, resident))
    assert [d.channel for d in await deliveries_of(runtime, station)] == ["inbox"]


async def test_a_partner_reads_in_the_inbox_of_its_account(runtime: Runtime, station: UUID) -> None:
    resident, partner = await move_in(runtime, station), new_id()
    await handle(runtime, claimed(station, resident, partner, "partner"))
    assert ("partner", "inbox", "wish.claimed.taker") in await lines(
        runtime, station, {resident: "resident", partner: "partner"}
    )


async def test_the_station_as_taker_is_not_told(runtime: Runtime, station: UUID) -> None:
    resident = await move_in(runtime, station)
    await handle(runtime, claimed(station, resident, station, "station"))
    assert await lines(runtime, station, {resident: "resident"}) == both(
        "resident", "wish.claimed.resident"
    )


async def test_volunteers_hear_of_their_application(runtime: Runtime, station: UUID) -> None:
    resident = await move_in(runtime, station)
    volunteer = new_id()
    for sequence, contract in enumerate((VolunteerApplied, VolunteerApproved), 1):
        content = contract(volunteer_id=volunteer, resident_id=resident)
        await handle(runtime, told(station, content, f"volunteers/{volunteer}", sequence))
    assert await lines(runtime, station, {resident: "resident"}) == {
        ("resident", "inbox", "volunteer.applied"),
        *both("resident", "volunteer.approved"),
    }


@pytest.mark.parametrize("contract", [PointsAwarded, PointsReversed])
@pytest.mark.parametrize(("kind", "count"), [("resident", 1), ("partner", 1), ("station", 0)])
async def test_owners_hear_of_their_points(
    runtime: Runtime,
    station: UUID,
    contract: type[PointsAwarded | PointsReversed],
    kind: OwnerKind,
    count: int,
) -> None:
    owner = await move_in(runtime, station)
    wish = new_id()
    content = contract(
        account_id=new_id(),
        owner_kind=kind,
        owner_id=owner,
        transfer_id=new_id(),
        amount=20,
        balance=120,
        balance_version=6,
        rule="wish-fulfilled",
        wish_id=wish,
        cause_subject=f"wishes/{wish}",
        title=TITLE,
    )
    await handle(runtime, told(station, content, f"accounts/{content.account_id}", 6))
    found = await deliveries_of(runtime, station)
    assert [d.params for d in found] == [{"title": TITLE, "amount": 20, "balance": 120}] * count
    assert [d.subject for d in found] == [f"wishes/{wish}"] * count


async def test_a_code_needs_no_audience_and_is_kept_sealed(runtime: Runtime, station: UUID) -> None:
    message = code_issued(runtime, station, new_id())
    await handle(runtime, message)
    (delivery,) = await deliveries_of(runtime, station)
    assert (delivery.channel, delivery.template) == ("sms", "sign-in.code")
    assert set(delivery.params) == {"expires_at"}
    assert delivery.sealed == {"code": message.content.code_sealed}
    assert runtime.sealer.open(delivery.address_sealed or "") == PHONE
    assert delivery.expires_at == message.content.expires_at
