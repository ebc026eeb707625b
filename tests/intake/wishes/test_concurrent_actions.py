"""Jobs and actions that run concurrently change each wish once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions, jobs
from services.intake.wishes.errors import AlreadyDelivered, NotClaimed
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared import clock
from shared.auth import Actor
from shared.runtime.runtime import Runtime
from tests.intake.wishes.people import People, list_messages_about

Job = Callable[[AsyncSession], Awaitable[None]]


async def _message_types(runtime: Runtime, wish: Wish) -> list[str]:
    async with runtime.sessions() as tx:
        messages = await list_messages_about(tx, wish)
    assert [m.sequence for m in messages] == list(range(1, len(messages) + 1))
    return [m.type.removeprefix("linli.wish.").removesuffix(".v1") for m in messages]


async def _read_state(runtime: Runtime, wish: Wish) -> str:
    async with runtime.sessions() as tx:
        return (await tx.get_one(Wish, wish.id)).state


@pytest.mark.parametrize(
    ("run", "state", "due", "last"),
    [
        (jobs.release_expired, WishState.CLAIMED, timedelta(days=8), "released"),
        (jobs.take_unclaimed, WishState.OPEN, timedelta(days=15), "claimed"),
    ],
)
async def test_concurrent_job_runs_change_each_wish_once(
    runtime: Runtime, desk: Actor, run: Job, state: WishState, due: timedelta, last: str
) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        wishes = [await people.create_wish(tx, state) for _ in range(6)]
    before = await _message_types(runtime, wishes[0])

    async def run_once() -> None:
        async with runtime.sessions.begin() as tx:
            await run(tx)

    with clock.shifted(due):
        async with runtime.sessions.begin() as one, runtime.sessions.begin() as other:
            await run(one)
            await run(other)
        await asyncio.gather(*(run_once() for _ in range(4)))
    for wish in wishes:
        assert await _message_types(runtime, wish) == [*before, last]


async def test_only_one_of_concurrent_delivery_and_expiry_succeeds(
    runtime: Runtime, desk: Actor
) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        wishes = [await people.create_wish(tx, WishState.CLAIMED) for _ in range(8)]

    async def deliver(wish: Wish) -> None:
        async with runtime.sessions.begin() as tx:
            await actions.deliver(tx, people.volunteer, wish.id, "换好了", 30)

    async def expire() -> None:
        async with runtime.sessions.begin() as tx:
            await jobs.release_expired(tx)

    with clock.shifted(timedelta(days=8)):
        expiries = asyncio.gather(expire(), expire())
        answers = await asyncio.gather(*map(deliver, wishes), return_exceptions=True)
        await expiries
    for wish, answer in zip(wishes, answers, strict=True):
        assert answer is None or isinstance(answer, NotClaimed)
        state, last = (WishState.OPEN, "released") if answer else (WishState.DELIVERED, "delivered")
        assert await _read_state(runtime, wish) == state
        assert (await _message_types(runtime, wish))[3:] == [last]


async def test_only_one_of_concurrent_return_and_delivery_succeeds(
    runtime: Runtime, desk: Actor
) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        wish = await people.create_wish(tx, WishState.CLAIMED)

    async def give_back() -> None:
        async with runtime.sessions.begin() as tx:
            await actions.release(tx, people.volunteer, wish.id)

    async def deliver() -> None:
        async with runtime.sessions.begin() as tx:
            await actions.deliver(tx, people.volunteer, wish.id, "换好了", 30)

    answers = await asyncio.gather(give_back(), deliver(), return_exceptions=True)
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 1
    assert isinstance(refused[0], AlreadyDelivered | NotClaimed)
    assert len(await _message_types(runtime, wish)) == 4
