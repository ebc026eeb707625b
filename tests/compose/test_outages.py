"""Killed services, a restarted broker, a restarted database: nothing lost, nothing paid twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from tests.chaos.invariants import Books
from tests.compose import invariants
from tests.compose.deployment import Deployment
from tests.compose.load import Rush
from tests.support.api_clients import Person, resident, volunteer

TRANCHES, SIZE = 5, 100
WISHES = TRANCHES * SIZE
POINTS = 20
RUSH_WITHIN = 420.0
GRACE = "3"  # Seconds; what doesn't stop in them is killed, and that must do no harm either.
LINES = {
    ("resident", "wish.posted", "inbox"),
    ("resident", "wish.opened", "inbox"),
    ("resident", "wish.claimed.resident", "inbox"),
    ("resident", "wish.claimed.resident", "sms"),
    ("resident", "wish.delivered", "inbox"),
    ("resident", "wish.delivered", "sms"),
    ("taker", "wish.claimed.taker", "inbox"),
    ("taker", "wish.fulfilled", "inbox"),
    ("taker", "points.awarded", "inbox"),
}


async def test_nothing_is_lost_and_nothing_paid_twice(deployment: Deployment, desk: Person) -> None:
    wishers = [await resident(desk) for _ in range(8)]
    takers = [await volunteer(desk) for _ in range(5)]
    rush = Rush(desk, wishers, takers)
    turn = asyncio.Lock()

    def in_turn(*command: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def act() -> None:
            async with turn:
                await deployment.compose(*command)

        return act

    outages = [
        in_turn("kill", "--signal", "KILL", "volunteers"),
        in_turn("start", "volunteers"),
        in_turn("restart", "--timeout", GRACE, "rabbitmq"),
        in_turn("restart", "--timeout", GRACE, "postgres"),
    ]
    async with asyncio.timeout(RUSH_WITHIN):
        await rush.run(TRANCHES, SIZE, outages)
    assert len(rush.taken_by) == WISHES
    await Books(deployment.sql, desk.station).settle()
    await Books(deployment.sql, desk.station).balance()

    assert await invariants.paid(deployment, rush.taken_by) == {
        "transfers": WISHES,
        "causes": WISHES,
        "points": POINTS * WISHES,
    }
    taken = Counter(taker.id for taker in rush.taken_by.values())
    assert {taker.id: await taker.points() for taker in takers} == {
        taker.id: POINTS * taken[taker.id] for taker in takers
    }
    assert await invariants.told(deployment, rush.taken_by) == {
        (*line, WISHES, WISHES) for line in LINES
    }
