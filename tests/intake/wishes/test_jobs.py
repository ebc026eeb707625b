"""What the passing of time does to wishes."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions, jobs, queries
from services.intake.wishes.models import Wish, WishState
from services.intake.wishes.queries import WishFilter
from shared import clock
from shared.auth import Actor
from shared.runtime.runtime import Runtime
from tests.intake.wishes.people import People, list_messages_about


async def test_a_lease_that_ended_opens_the_wish_again(tx: AsyncSession, people: People) -> None:
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
async def test_what_was_delivered_in_time_does_not_expire(
    tx: AsyncSession, people: People, state: WishState
) -> None:
    wish = await people.create_wish(tx, state)
    with clock.shifted(timedelta(days=60)):
        await jobs.release_expired(tx)
    assert wish.state == state


async def test_the_station_takes_what_nobody_took_in_two_weeks(
    tx: AsyncSession, people: People
) -> None:
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


async def test_what_the_station_took_stays_with_it(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.OPEN)
    await actions.claim(tx, people.desk, wish.id)
    with clock.shifted(timedelta(days=90)):
        await jobs.release_expired(tx)
    assert wish.state == WishState.CLAIMED


async def test_a_job_takes_a_chunk_and_the_rest_next_time(
    tx: AsyncSession, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = [await people.create_wish(tx, WishState.CLAIMED) for _ in range(5)]
    monkeypatch.setattr(jobs, "BATCH_SIZE", 2)
    left = []
    with clock.shifted(timedelta(days=8)):
        # Wishes of other tests may be due as well.
        while any(wish.state == WishState.CLAIMED for wish in wishes):
            await jobs.release_expired(tx)
            left.append(sum(wish.state == WishState.CLAIMED for wish in wishes))
    assert left == sorted(left, reverse=True)
    assert len(left) >= 3


async def test_the_job_leaves_alone_what_somebody_is_changing(
    runtime: Runtime, desk: Actor
) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        held, free = [await people.create_wish(tx, WishState.CLAIMED) for _ in range(2)]
    with clock.shifted(timedelta(days=8)):
        async with runtime.sessions.begin() as changing, runtime.sessions.begin() as ticking:
            await actions.get_for_update(changing, people.desk, held.id)
            await jobs.release_expired(ticking)
    async with runtime.sessions() as tx:
        states = [(await tx.get_one(Wish, wish.id)).state for wish in (held, free)]
    assert states == [WishState.CLAIMED, WishState.OPEN]


async def test_the_desk_finds_what_waits_for_its_decision(tx: AsyncSession, people: People) -> None:
    wish = await people.create_wish(tx, WishState.DELIVERED)
    waiting = WishFilter(needs_decision=True)
    with clock.shifted(timedelta(days=6)):
        assert not (await queries.list_wishes(tx, people.desk, waiting)).items
    with clock.shifted(timedelta(days=7, minutes=1)):
        (seen,) = (await queries.list_wishes(tx, people.desk, waiting)).items
        assert seen.wish.id == wish.id
        await actions.confirm(tx, people.desk, wish.id)
    assert wish.state == WishState.FULFILLED
