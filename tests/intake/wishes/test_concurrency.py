"""Of concurrent claims or confirmations of a wish only one succeeds."""

import asyncio
from collections import Counter

from services.intake.wishes import actions
from services.intake.wishes.errors import AlreadyClaimed
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared.auth import Actor
from shared.runtime.runtime import Runtime
from tests.intake.wishes.people import People, list_messages_about

CLAIMANT_COUNT = 50


async def test_only_one_of_fifty_concurrent_claims_succeeds(runtime: Runtime, desk: Actor) -> None:
    async with runtime.sessions.begin() as tx:
        people = await People.create(tx, desk)
        wish = await people.create_wish(tx, WishState.OPEN)
    takers = [people.volunteer, people.second, people.partner, people.desk, people.colleague]

    async def claim(actor: Actor) -> str:
        try:
            async with runtime.sessions.begin() as tx:
                await actions.claim(tx, actor, wish.id)
        except AlreadyClaimed:
            return "refused"
        return "claimed"

    answers = await asyncio.gather(*(claim(takers[i % len(takers)]) for i in range(CLAIMANT_COUNT)))
    assert Counter(answers) == {"claimed": 1, "refused": CLAIMANT_COUNT - 1}
    async with runtime.sessions() as tx:
        messages = await list_messages_about(tx, wish)
        stored = await tx.get_one(Wish, wish.id)
    assert [message.sequence for message in messages] == [1, 2, 3]
    assert messages[-1].data["taker_id"] == str(stored.taker_id)


async def test_only_one_of_two_concurrent_confirmations_is_recorded(
    runtime: Runtime, desk: Actor
) -> None:
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
