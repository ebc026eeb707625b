"""Many hands at one wish: one has it, everybody else hears so."""

import asyncio
from collections import Counter

from services.intake.wishes import actions
from services.intake.wishes.errors import AlreadyClaimed
from services.intake.wishes.models import Wish, WishState
from shared.auth import Actor
from shared.runtime.runtime import Runtime
from tests.intake.wishes.people import People, list_messages_about

CLAIMANT_COUNT = 50


async def test_of_fifty_claims_at_once_one_succeeds(runtime: Runtime, desk: Actor) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        wish = await people.create_wish(tx, WishState.OPEN)
    takers = [people.volunteer, people.second, people.partner, people.desk, people.colleague]

    async def claim(actor: Actor) -> str:
        try:
            async with runtime.sessions.begin() as tx:
                await actions.claim(tx, actor, wish.id)
        except AlreadyClaimed:
            return "taken"
        return "mine"

    answers = await asyncio.gather(*(claim(takers[i % len(takers)]) for i in range(CLAIMANT_COUNT)))
    assert Counter(answers) == {"mine": 1, "taken": CLAIMANT_COUNT - 1}
    async with runtime.sessions() as tx:
        messages = await list_messages_about(tx, wish)
        kept = await tx.get_one(Wish, wish.id)
    assert [message.sequence for message in messages] == [1, 2, 3]
    assert messages[-1].data["taker_id"] == str(kept.taker_id)


async def test_of_two_confirmations_at_once_one_is_recorded(runtime: Runtime, desk: Actor) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        wish = await people.create_wish(tx, WishState.DELIVERED)

    async def confirm(actor: Actor) -> None:
        async with runtime.sessions.begin() as tx:
            await actions.confirm(tx, actor, wish.id)

    both = (confirm(people.wisher), confirm(people.for_wisher))
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert sum(answer is None for answer in answers) == 1
    async with runtime.sessions() as tx:
        types = [message.type for message in await list_messages_about(tx, wish)]
    assert types.count("linli.wish.fulfilled.v1") == 1
