"""Awards for fulfilled wishes, and their reversals."""

import asyncio
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.models import Account, AccountKey, NotEnoughPoints, Transfer
from services.volunteers.ledger.queries import get_balance
from shared.errors import NotYet
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.support.messages import (
    TITLE,
    AnyMessage,
    handle_messages,
    handle_with_retries,
    list_recorded,
    make_message,
    wish_fulfilled,
    wish_reopened,
)
from tests.volunteers.fixtures import create_volunteer, read_points, run_audit
from tests.volunteers.rules.test_rules import make_rule


async def test_a_fulfilled_wish_pays_twenty_points(
    runtime: Runtime, tx: AsyncSession, station: UUID
) -> None:
    taker = await create_volunteer(runtime, station)
    message = wish_fulfilled(station, taker)
    await handle_messages(runtime, message)
    assert (await read_points(runtime, station, taker)).available == 20
    transfer = (await tx.scalars(select(Transfer).where(Transfer.station_id == station))).one()
    assert (transfer.rule, transfer.rule_version) == ("wish-fulfilled", 1)
    assert (transfer.cause_subject, transfer.revision) == (message.subject, 1)
    assert transfer.correlation_id == message.correlation
    (envelope,) = await list_recorded(tx, station=station)
    account = AccountKey(station, "resident", taker)
    assert envelope.type == "linli.points.awarded.v1"
    assert (envelope.subject, envelope.sequence) == (f"accounts/{account.id}", 1)
    assert (envelope.causationid, envelope.correlationid) == (message.id, message.correlation)
    assert envelope.data == {
        "account_id": str(account.id),
        "owner_kind": "resident",
        "owner_id": str(taker),
        "transfer_id": str(transfer.id),
        "amount": 20,
        "balance": 20,
        "balance_version": 1,
        "rule": "wish-fulfilled",
        "wish_id": str(message.content.wish_id),
        "cause_subject": message.subject,
        "title": TITLE,
    }


async def test_repeated_fulfilment_is_paid_once(
    runtime: Runtime, tx: AsyncSession, station: UUID
) -> None:
    taker, wish = await create_volunteer(runtime, station), new_id()
    again = [wish_fulfilled(station, taker, wish=wish) for _ in range(5)]
    for message in again:
        await handle_messages(runtime, message)
    await handle_messages(runtime, *again)
    assert (await read_points(runtime, station, taker)).balance == 20
    assert len(await list_recorded(tx, station=station)) == 1


async def test_five_concurrent_fulfilments_are_paid_once(runtime: Runtime, station: UUID) -> None:
    taker, wish = await create_volunteer(runtime, station), new_id()
    await asyncio.gather(
        *(handle_messages(runtime, wish_fulfilled(station, taker, wish=wish)) for _ in range(5))
    )
    assert (await read_points(runtime, station, taker)).balance == 20


async def test_new_rule_does_not_pay_for_an_evaluated_wish(runtime: Runtime, station: UUID) -> None:
    taker, wish = await create_volunteer(runtime, station), new_id()
    await handle_messages(runtime, wish_fulfilled(station, taker, wish=wish))
    async with runtime.sessions.begin() as tx:
        tx.add(make_rule(1, station, name="extra", amount=5))
    await handle_messages(runtime, wish_fulfilled(station, taker, wish=wish))
    assert (await read_points(runtime, station, taker)).balance == 20
    await handle_messages(runtime, wish_fulfilled(station, taker))
    assert (await read_points(runtime, station, taker)).balance == 45


async def test_fulfilment_waits_until_the_volunteer_is_approved(
    runtime: Runtime, station: UUID
) -> None:
    taker = new_id()
    message = wish_fulfilled(station, taker)
    with pytest.raises(NotYet):
        await handle_messages(runtime, message)
    assert (await read_points(runtime, station, taker)).balance == 0
    await create_volunteer(runtime, station, taker)
    await handle_messages(runtime, message)
    assert (await read_points(runtime, station, taker)).balance == 20


async def test_fulfilment_waits_for_a_volunteer_of_another_station(
    runtime: Runtime, station: UUID
) -> None:
    taker = await create_volunteer(runtime, new_id())
    with pytest.raises(NotYet):
        await handle_messages(runtime, wish_fulfilled(station, taker))


@pytest.mark.parametrize("kind", ["station", "partner", None])
async def test_takers_of_other_kinds_are_not_paid(
    runtime: Runtime, tx: AsyncSession, station: UUID, kind: str | None
) -> None:
    message = wish_fulfilled(station, new_id() if kind else None, taker_kind=kind)
    await handle_messages(runtime, message)
    await handle_messages(runtime, wish_reopened(message))
    count = select(func.count()).select_from(Transfer).where(Transfer.station_id == station)
    assert await tx.scalar(count) == 0


async def test_a_station_s_rule_can_pay_partners(runtime: Runtime, station: UUID) -> None:
    async with runtime.sessions.begin() as tx:
        tx.add(make_rule(1, station, paid_kinds=["partner"], amount=50))
    partner = new_id()
    await handle_messages(runtime, wish_fulfilled(station, partner, taker_kind="partner"))
    async with runtime.sessions() as tx:
        assert (await get_balance(tx, AccountKey(station, "partner", partner))).balance == 50


async def test_withdrawn_confirmation_reverses_the_points_once(
    runtime: Runtime, tx: AsyncSession, station: UUID
) -> None:
    taker = await create_volunteer(runtime, station)
    message = wish_fulfilled(station, taker)
    await handle_messages(runtime, message)
    for _ in range(3):
        await handle_messages(runtime, wish_reopened(message))
    assert (await read_points(runtime, station, taker)).balance == 0
    awarded, reversed_ = await list_recorded(tx, station=station)
    assert reversed_.type == "linli.points.reversed.v1"
    assert (reversed_.data["amount"], reversed_.data["balance"]) == (20, 0)
    assert reversed_.sequence == awarded.sequence + 1


async def test_a_withdrawal_before_its_confirmation_waits(runtime: Runtime, station: UUID) -> None:
    taker = await create_volunteer(runtime, station)
    message = wish_fulfilled(station, taker)
    with pytest.raises(NotYet):
        await handle_messages(runtime, wish_reopened(message))


async def test_second_confirmation_pays_again(runtime: Runtime, station: UUID) -> None:
    taker, wish = await create_volunteer(runtime, station), new_id()
    first = wish_fulfilled(station, taker, wish=wish)
    second = wish_fulfilled(station, taker, wish=wish, revision=2)
    await handle_with_retries(runtime, [[second], [wish_reopened(first)], [first]])
    assert (await read_points(runtime, station, taker)).balance == 20


async def test_promised_points_are_not_reversed(runtime: Runtime, station: UUID) -> None:
    taker = await create_volunteer(runtime, station)
    message = wish_fulfilled(station, taker)
    await handle_messages(runtime, message)
    account = AccountKey(station, "resident", taker)
    async with runtime.sessions.begin() as tx:
        await tx.execute(update(Account).where(Account.id == account.id).values(held=20))
    with pytest.raises(NotEnoughPoints):
        await handle_messages(runtime, wish_reopened(message))
    assert (await read_points(runtime, station, taker)).balance == 20


@settings(max_examples=25, deadline=None)
@given(
    reopens=st.lists(st.booleans(), min_size=6, max_size=6),
    random=st.randoms(use_true_random=False),
    size=st.integers(1, 5),
)
async def test_points_do_not_depend_on_order_and_repetition(
    runtime: Runtime, reopens: list[bool], random: object, size: int
) -> None:
    station = new_id()
    takers = [await create_volunteer(runtime, station) for _ in range(2)]
    wishes = [new_id() for _ in range(3)]
    messages: list[AnyMessage] = []
    for number, is_reopened in enumerate(reopens):
        taker = takers[number % 2]
        confirmation = wish_fulfilled(
            station, taker, wish=wishes[number // 2], revision=number % 2 + 1
        )
        messages += [
            confirmation,
            confirmation,
            make_message(station, confirmation.content, confirmation.sequence),
        ]
        messages += (
            [wish_reopened(confirmation), wish_reopened(confirmation)] if is_reopened else []
        )
    random.shuffle(messages)  # type: ignore[attr-defined]  # hypothesis makes a Random
    batches = [messages[start : start + size] for start in range(0, len(messages), size)]
    await handle_with_retries(runtime, batches)
    for place, taker in enumerate(takers):
        confirmed = sum(not is_reopened for is_reopened in reopens[place::2])
        assert (await read_points(runtime, station, taker)).balance == 20 * confirmed
    assert (await run_audit(runtime, station)).is_balanced


async def test_three_replicas_over_the_same_accounts_never_deadlock(
    runtime: Runtime, station: UUID
) -> None:
    takers = [await create_volunteer(runtime, station) for _ in range(30)]
    orders = (takers, takers[::-1], takers[15:] + takers[:15])
    failures: list[DBAPIError] = []

    async def replica(order: list[UUID]) -> None:
        for _ in range(5):
            try:
                await handle_messages(runtime, *(wish_fulfilled(station, taker) for taker in order))
            except DBAPIError as error:
                failures.append(error)

    await asyncio.gather(*(replica(order) for order in orders))
    assert not failures
    balances = [(await read_points(runtime, station, taker)).balance for taker in takers]
    assert balances == [20 * 15] * 30
    assert (await run_audit(runtime, station)).is_balanced
