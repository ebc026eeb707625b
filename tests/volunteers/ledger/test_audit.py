"""Constraints of the ledger's tables, and the audit."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger.actions import post
from services.volunteers.ledger.models import (
    Account,
    AccountKey,
    Cause,
    Leg,
    NotEnoughPoints,
    Posting,
    SourceEvent,
    Transfer,
)
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.volunteers.fixtures import read_points, run_audit


def make_cause(station: UUID) -> Cause:
    """Build a cause with a source event of its own."""
    return Cause(
        source_event=SourceEvent(station, "linli.wish.fulfilled.v1", f"wishes/{new_id()}", 1),
        rule="wish-fulfilled",
        rule_version=1,
        reason="A wish came true",
        title="换一个灯泡",
        correlation=new_id(),
    )


def make_award(station: UUID, owner: UUID, amount: int = 20) -> Posting:
    """Build an award with a cause of its own."""
    return Posting.award(make_cause(station), AccountKey(station, "resident", owner), amount)


async def _post_all(runtime: Runtime, *postings: Posting) -> list[Posting]:
    async with runtime.sessions.begin() as tx:
        return await post(tx, postings)


@asynccontextmanager
async def _assert_refused(runtime: Runtime, match: str) -> AsyncIterator[AsyncSession]:
    with pytest.raises(DBAPIError, match=match):
        async with runtime.sessions.begin() as tx:
            yield tx


def test_the_same_cause_has_the_same_transfer() -> None:
    station, owner = new_id(), new_id()
    cause = make_cause(station)
    key = AccountKey(station, "resident", owner)
    assert Posting.award(cause, key, 20).id == Posting.award(cause, key, 30).id
    assert make_award(station, owner).id != make_award(station, owner).id


async def test_post_returns_only_new_postings(runtime: Runtime, station: UUID) -> None:
    first, second = make_award(station, new_id()), make_award(station, new_id())
    assert await _post_all(runtime, first) == [first]
    assert await _post_all(runtime, first, second, second) == [second]
    assert await _post_all(runtime) == []


async def test_negative_balance_is_refused(runtime: Runtime, station: UUID) -> None:
    with pytest.raises(NotEnoughPoints):
        await _post_all(runtime, make_award(station, owner := new_id(), -1))
    award = make_award(station, owner)
    await _post_all(runtime, award)
    async with _assert_refused(runtime, "ck_accounts_available") as tx:
        await tx.execute(update(Account).where(Account.owner_id == owner).values(posted=-1))
    async with _assert_refused(runtime, "ck_accounts_available") as tx:
        await tx.execute(update(Account).where(Account.owner_id == owner).values(held=21))


async def test_a_transfer_is_reversed_once(runtime: Runtime, station: UUID) -> None:
    award = make_award(station, owner := new_id())
    await _post_all(runtime, award)
    reversal = Posting.reversal(award.id, award.cause, award.legs)
    assert await _post_all(runtime, reversal, reversal) == [reversal]
    assert await _post_all(runtime, reversal) == []
    assert (await read_points(runtime, station, owner)).balance == 0
    row = {**award.cause.columns, "kind": "reversal", "created_at": text("now()")}
    async with _assert_refused(runtime, "uq_transfers_reverses_id") as tx:
        await tx.execute(insert(Transfer).values(id=new_id(), reverses_id=award.id, **row))


async def test_legs_that_do_not_sum_to_zero_are_refused_at_commit(
    runtime: Runtime, station: UUID
) -> None:
    award = make_award(station, new_id())
    (issuing, _), (owner, _) = award.legs
    await _post_all(runtime, award)
    unbalanced = Posting(
        id=new_id(), kind="award", cause=make_cause(station), legs=((issuing, -20), (owner, 19))
    )
    async with _assert_refused(runtime, "do not balance") as tx:
        await post(tx, [unbalanced])
    single = Posting(id=new_id(), kind="award", cause=make_cause(station), legs=((owner, 20),))
    async with _assert_refused(runtime, "do not balance") as tx:
        await post(tx, [single])
    late = {"id": new_id(), "transfer_id": award.id, "account_id": new_id(), "amount": 1}
    await _post_all(runtime, other := make_award(station, new_id()))
    late["account_id"] = other.legs[1][0].id
    async with _assert_refused(runtime, "do not balance") as tx:
        await tx.execute(insert(Leg).values(late))
    row = {**award.cause.columns, "kind": "award", "created_at": text("now()")}
    async with _assert_refused(runtime, "do not balance") as tx:
        await tx.execute(insert(Transfer).values(id=new_id(), **row))


async def test_transfer_across_stations_is_refused(runtime: Runtime, station: UUID) -> None:
    here = make_award(station, new_id())
    elsewhere = AccountKey(new_id(), "resident", new_id())
    crossing = Posting(
        id=new_id(), kind="award", cause=here.cause, legs=(here.legs[0], (elsewhere, 20))
    )
    async with _assert_refused(runtime, "do not balance") as tx:
        await post(tx, [crossing])


async def test_leg_of_zero_points_is_refused(runtime: Runtime, station: UUID) -> None:
    with pytest.raises(IntegrityError, match="ck_legs_amount"):
        await _post_all(runtime, make_award(station, new_id(), 0))


@pytest.mark.parametrize("table", [Transfer, Leg])
async def test_transfers_and_legs_cannot_be_changed(
    runtime: Runtime, station: UUID, table: type[Transfer | Leg]
) -> None:
    await _post_all(runtime, make_award(station, new_id()))
    for statement in (
        update(table).values(id=new_id()),
        delete(table),
        text(f"TRUNCATE {table.__tablename__} CASCADE"),
    ):
        async with _assert_refused(runtime, "is history"), runtime.sessions.begin() as tx:
            await tx.execute(statement)


async def test_an_account_that_was_used_can_t_be_deleted(runtime: Runtime, station: UUID) -> None:
    await _post_all(runtime, make_award(station, new_id()))
    async with _assert_refused(runtime, "fk_legs_account_id") as tx:
        await tx.execute(delete(Account).where(Account.station_id == station))


async def test_audit_finds_a_mismatched_account(runtime: Runtime, station: UUID) -> None:
    award = make_award(station, owner := new_id())
    await _post_all(runtime, award)
    assert (await run_audit(runtime, station)).is_balanced
    async with runtime.sessions.begin() as tx:
        await tx.execute(update(Account).where(Account.owner_id == owner).values(posted=21))
    audit = await run_audit(runtime, station)
    assert not audit.is_balanced
    assert audit.mismatched_accounts == (award.legs[1][0].id,)


@settings(max_examples=30, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 100), st.sampled_from(["award", "reverse"])),
        max_size=20,
    ),
    size=st.integers(1, 6),
)
async def test_books_balance_after_any_postings(
    runtime: Runtime, steps: list[tuple[int, int, str]], size: int
) -> None:
    station, owners = new_id(), [new_id() for _ in range(4)]
    postings: list[Posting] = []
    expected = [0] * 4
    open_awards: list[tuple[int, int, Posting]] = []
    for owner, amount, kind in steps:
        if kind == "award":
            award = make_award(station, owners[owner], amount)
            open_awards.append((owner, amount, award))
            postings.append(award)
            expected[owner] += amount
        elif open_awards:
            payee, points, award = open_awards.pop(0)
            postings.append(Posting.reversal(award.id, award.cause, award.legs))
            expected[payee] -= points
    for start in range(0, len(postings), size):
        await _post_all(runtime, *postings[start : start + size])
    balances = [(await read_points(runtime, station, owner)).balance for owner in owners]
    assert balances == expected
    assert (await run_audit(runtime, station)).is_balanced
