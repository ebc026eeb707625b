"""Deliveries of messages: whom a message notifies, once, and which message waits."""

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
from tests.notify.fixtures import read_deliveries, register_resident
from tests.support.messages import (
    PHONE,
    TITLE,
    handle_messages,
    make_message,
    resident_registered,
    sign_in_code_issued,
    wish_claimed,
    wish_message,
)

Line = tuple[str, str, str]


async def list_notices(runtime: Runtime, station: UUID, names: dict[UUID, str]) -> set[Line]:
    """List recipient, channel and template of the station's deliveries."""
    deliveries = await read_deliveries(runtime, station)
    notices = [(names[d.recipient_id], d.channel, d.template) for d in deliveries]
    assert len(set(notices)) == len(notices)
    return set(notices)


def on_both_channels(recipient: str, template: str) -> set[Line]:
    """Return the lines of a notification over both channels."""
    return {(recipient, "inbox", template), (recipient, "sms", template)}


WISH_CASES: list[tuple[type[WishMessage], dict[str, Any], set[Line]]] = [
    (WishPosted, {}, {("resident", "inbox", "wish.posted")}),
    (WishOpened, {}, {("resident", "inbox", "wish.opened")}),
    (WishDeclined, {}, on_both_channels("resident", "wish.declined")),
    (WishDelivered, {}, on_both_channels("resident", "wish.delivered")),
    (WishAnswered, {}, on_both_channels("resident", "wish.answered")),
    (WishRefused, {}, on_both_channels("taker", "wish.refused")),
    (WishReopened, {"revision": 1}, on_both_channels("taker", "wish.reopened")),
    (WishFulfilled, {"minutes": 30, "revision": 1}, {("taker", "inbox", "wish.fulfilled")}),
    (WishReleased, {"reason": "given_back"}, {("resident", "inbox", "wish.released")}),
    (
        WishReleased,
        {"reason": "expired"},
        {("resident", "inbox", "wish.released"), *on_both_channels("taker", "wish.expired.taker")},
    ),
    (
        WishReleased,
        {"reason": "handed_over"},
        {
            ("resident", "inbox", "wish.handed-over.resident"),
            ("taker", "inbox", "wish.handed-over.taker"),
        },
    ),
    (WishReleased, {"reason": "withdrawn"}, on_both_channels("taker", "wish.withdrawn.taker")),
    (WishReleased, {"reason": "answered"}, on_both_channels("taker", "wish.closed.taker")),
    (
        WishWithdrawn,
        {},
        {
            ("resident", "inbox", "wish.withdrawn.resident"),
            *on_both_channels("taker", "wish.withdrawn.taker"),
        },
    ),
]


@pytest.mark.parametrize(("contract", "more", "expected"), WISH_CASES)
async def test_each_message_about_a_wish_notifies_those_concerned(
    runtime: Runtime,
    station: UUID,
    contract: type[WishMessage],
    more: dict[str, Any],
    expected: set[Line],
) -> None:
    resident, taker = (
        await register_resident(runtime, station),
        await register_resident(runtime, station),
    )
    taker_fields: dict[str, Any] = {"taker_kind": "volunteer", "taker_id": taker}
    await handle_messages(
        runtime, wish_message(station, contract, resident, **taker_fields, **more)
    )
    assert await list_notices(runtime, station, {resident: "resident", taker: "taker"}) == expected


async def test_claim_notifies_the_resident_and_the_taker(runtime: Runtime, station: UUID) -> None:
    resident, taker = (
        await register_resident(runtime, station),
        await register_resident(runtime, station),
    )
    message = wish_claimed(station, resident, taker)
    await handle_messages(runtime, message)
    assert await list_notices(runtime, station, {resident: "resident", taker: "taker"}) == {
        *on_both_channels("resident", "wish.claimed.resident"),
        ("taker", "inbox", "wish.claimed.taker"),
    }
    deliveries = await read_deliveries(runtime, station)
    assert {d.correlation for d in deliveries} == {message.correlation}
    assert {d.subject for d in deliveries} == {message.subject}
    assert {(d.channel, d.state) for d in deliveries} == {("inbox", "sent"), ("sms", "queued")}


async def test_five_messages_of_one_change_notify_once(runtime: Runtime, station: UUID) -> None:
    resident = await register_resident(runtime, station)
    wish = new_id()
    again = [wish_message(station, WishOpened, resident, wish_id=wish) for _ in range(5)]
    assert len({message.id for message in again}) == 5
    await handle_messages(runtime, *again[:3])
    for message in again[3:]:
        await handle_messages(runtime, message)
    assert len(await read_deliveries(runtime, station)) == 1


async def test_later_change_of_the_same_kind_notifies_again(
    runtime: Runtime, station: UUID
) -> None:
    resident = await register_resident(runtime, station)
    wish = new_id()
    for sequence in (4, 6):
        message = wish_message(station, WishDelivered, resident, wish_id=wish, sequence=sequence)
        await handle_messages(runtime, message)
    assert len(await read_deliveries(runtime, station)) == 4


async def test_two_messages_of_one_withdrawal_notify_once(runtime: Runtime, station: UUID) -> None:
    resident, taker = (
        await register_resident(runtime, station),
        await register_resident(runtime, station),
    )
    taker_fields: dict[str, Any] = {
        "taker_kind": "volunteer",
        "taker_id": taker,
        "wish_id": new_id(),
    }
    await handle_messages(
        runtime,
        wish_message(station, WishReleased, resident, **taker_fields, reason="withdrawn"),
        wish_message(station, WishWithdrawn, resident, **taker_fields),
    )
    assert await list_notices(runtime, station, {resident: "resident", taker: "taker"}) == {
        ("resident", "inbox", "wish.withdrawn.resident"),
        *on_both_channels("taker", "wish.withdrawn.taker"),
    }


async def test_message_waits_until_the_resident_is_registered(
    runtime: Runtime, station: UUID
) -> None:
    registered, late = await register_resident(runtime, station), new_id()
    soon = wish_message(station, WishOpened, late)
    with pytest.raises(NotYet):
        await handle_messages(runtime, wish_message(station, WishOpened, registered), soon)
    assert not await read_deliveries(runtime, station)
    with pytest.raises(NotYet):
        await handle_messages(runtime, soon)
    await handle_messages(runtime, resident_registered(runtime, station, late, language="en"), soon)
    (delivery,) = await read_deliveries(runtime, station)
    assert (delivery.recipient_id, delivery.language) == (late, "en")


async def test_message_about_a_resident_of_another_station_waits(
    runtime: Runtime, station: UUID
) -> None:
    elsewhere = await register_resident(runtime, new_id())
    with pytest.raises(NotYet):
        await handle_messages(runtime, wish_message(station, WishOpened, elsewhere))


async def test_resident_without_a_phone_is_notified_only_in_the_inbox(
    runtime: Runtime, station: UUID
) -> None:
    resident = await register_resident(runtime, station, phone=None)
    await handle_messages(runtime, wish_message(station, WishDelivered, resident))
    assert [d.channel for d in await read_deliveries(runtime, station)] == ["inbox"]


async def test_partner_is_notified_in_the_inbox_of_its_account(
    runtime: Runtime, station: UUID
) -> None:
    resident, partner = await register_resident(runtime, station), new_id()
    await handle_messages(runtime, wish_claimed(station, resident, partner, "partner"))
    assert ("partner", "inbox", "wish.claimed.taker") in await list_notices(
        runtime, station, {resident: "resident", partner: "partner"}
    )


async def test_station_as_taker_is_not_notified(runtime: Runtime, station: UUID) -> None:
    resident = await register_resident(runtime, station)
    await handle_messages(runtime, wish_claimed(station, resident, station, "station"))
    assert await list_notices(runtime, station, {resident: "resident"}) == on_both_channels(
        "resident", "wish.claimed.resident"
    )


async def test_volunteers_are_notified_of_their_application(
    runtime: Runtime, station: UUID
) -> None:
    resident = await register_resident(runtime, station)
    volunteer = new_id()
    for sequence, contract in enumerate((VolunteerApplied, VolunteerApproved), 1):
        content = contract(volunteer_id=volunteer, resident_id=resident)
        await handle_messages(runtime, make_message(station, content, sequence))
    assert await list_notices(runtime, station, {resident: "resident"}) == {
        ("resident", "inbox", "volunteer.applied"),
        *on_both_channels("resident", "volunteer.approved"),
    }


@pytest.mark.parametrize("contract", [PointsAwarded, PointsReversed])
@pytest.mark.parametrize(("kind", "count"), [("resident", 1), ("partner", 1), ("station", 0)])
async def test_owners_are_notified_of_their_points(
    runtime: Runtime,
    station: UUID,
    contract: type[PointsAwarded | PointsReversed],
    kind: OwnerKind,
    count: int,
) -> None:
    owner = await register_resident(runtime, station)
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
    await handle_messages(runtime, make_message(station, content, 6))
    deliveries = await read_deliveries(runtime, station)
    assert [d.params for d in deliveries] == [
        {"title": TITLE, "amount": 20, "balance": 120}
    ] * count
    assert [d.subject for d in deliveries] == [f"wishes/{wish}"] * count


async def test_code_needs_no_audience_and_is_stored_sealed(runtime: Runtime, station: UUID) -> None:
    message = sign_in_code_issued(runtime, station, new_id())
    await handle_messages(runtime, message)
    (delivery,) = await read_deliveries(runtime, station)
    assert (delivery.channel, delivery.template) == ("sms", "sign-in.code")
    assert set(delivery.params) == {"expires_at"}
    assert delivery.sealed == {"code": message.content.code_sealed}
    assert runtime.sealer.unseal(delivery.address_sealed or "") == PHONE
    assert delivery.expires_at == message.content.expires_at
