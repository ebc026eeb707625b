"""The timed jobs of wishes."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions, jobs, queries
from services.intake.wishes.models import Wish
from services.intake.wishes.queries import WishFilter
from services.intake.wishes.states import WishState
from shared import clock
from shared.auth import Actor
from shared.runtime.runtime import Runtime
from tests.intake.wishes.people import People, list_messages_about


async def test_expired_lease_reopens_the_wish(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.CLAIMED)
    with clock.shifted(timedelta(days=6, hours=23)):
        await jobs.release_expired(tx)
    assert wish.state == WishState.CLAIMED
    with clock.shifted(timedelta(days=7, minutes=1)):
        await jobs.release_expired(tx)
    released = (await list_messages_about(tx, wish))[-1]
    assert (wish.state, wish.taker_id) == (WishState.OPEN, None)
    assert (released.data["reason"], released.sequence) == ("expired", wish.version)
    assert released.data["taker_id"] == str(people.volunteer.person)
    last = (await queries.list_transitions(tx, people.desk, wish))[-1]
    assert (last.transition.hand, last.transition.from_state, last.name) == (
        "system",
        "claimed",
        None,
    )


@pytest.mark.parametrize("state", [WishState.DELIVERED, WishState.FULFILLED])
async def test_delivered_wish_does_not_expire(
    tx: AsyncSession, people: People, state: WishState
) -> None:
    wish = await people.create_wish(tx, state)
    with clock.shifted(timedelta(days=60)):
        await jobs.release_expired(tx)
    assert wish.state == state


async def test_station_claims_wishes_open_for_two_weeks(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    with clock.shifted(timedelta(days=13, hours=23)):
        await jobs.take_unclaimed(tx)
    assert wish.state == WishState.OPEN
    with clock.shifted(timedelta(days=14, minutes=1)):
        await jobs.take_unclaimed(tx)
    claimed = (await list_messages_about(tx, wish))[-1]
    assert (wish.state, wish.taker_kind) == (WishState.CLAIMED, "station")
    assert claimed.type == "linli.wish.claimed.v1"
    assert (claimed.data["taker_id"], claimed.sequence) == (str(people.desk.station), wish.version)


async def test_wish_of_the_station_does_not_expire(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    await actions.claim(tx, people.desk, wish.id)
    with clock.shifted(timedelta(days=90)):
        await jobs.release_expired(tx)
    assert wish.state == WishState.CLAIMED


async def test_job_processes_one_batch_a_run(
    tx: AsyncSession, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = [await people.create_wish(tx, WishState.CLAIMED) for _ in range(5)]
    monkeypatch.setattr(jobs, "BATCH_SIZE", 2)
    remaining = []
    with clock.shifted(timedelta(days=8)):
        # Wishes of other tests may be due as well.
        while any(wish.state == WishState.CLAIMED for wish in wishes):
            await jobs.release_expired(tx)
            remaining.append(sum(wish.state == WishState.CLAIMED for wish in wishes))
    assert remaining == sorted(remaining, reverse=True)
    assert len(remaining) >= 3


async def test_job_skips_locked_wishes(runtime: Runtime, desk: Actor) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        locked, free = [await people.create_wish(tx, WishState.CLAIMED) for _ in range(2)]
    with clock.shifted(timedelta(days=8)):
        async with runtime.sessions.begin() as other, runtime.sessions.begin() as tx:
            await actions.get_for_update(other, people.desk, locked.id)
            await jobs.release_expired(tx)
    async with runtime.sessions() as tx:
        states = [(await tx.get_one(Wish, wish.id)).state for wish in (locked, free)]
    assert states == [WishState.CLAIMED, WishState.OPEN]


async def test_desk_lists_wishes_that_wait_for_its_decision(
    tx: AsyncSession, people: People
) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    waiting = WishFilter(needs_decision=True)
    with clock.shifted(timedelta(days=6)):
        assert not (await queries.list_wishes(tx, people.desk, waiting)).items
    with clock.shifted(timedelta(days=7, minutes=1)):
        (item,) = (await queries.list_wishes(tx, people.desk, waiting)).items
        assert item.wish.id == wish.id
        await actions.confirm(tx, people.desk, wish.id)
    assert wish.state == WishState.FULFILLED
