"""Killed services, a restarted broker, a restarted database: nothing lost, nothing paid twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from tests.chaos.invariants import Invariants
from tests.compose import invariants
from tests.compose.deployment import Deployment
from tests.compose.load import TrancheLoad
from tests.support.api_clients import Person, create_resident, create_volunteer

TRANCHE_COUNT, TRANCHE_SIZE = 5, 100
WISH_COUNT = TRANCHE_COUNT * TRANCHE_SIZE
POINTS_PER_WISH = 20
LOAD_TIMEOUT_SECONDS = 420.0
STOP_GRACE_SECONDS = (
    "3"  # Seconds; what doesn't stop in them is killed, and that must do no harm either.
)
EXPECTED_NOTICES = {
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
    wishers = [await create_resident(desk) for _ in range(8)]
    takers = [await create_volunteer(desk) for _ in range(5)]
    rush = TrancheLoad(desk, wishers, takers)
    turn = asyncio.Lock()

    def in_turn(*command: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def act() -> None:
            async with turn:
                await deployment.compose(*command)

        return act

    outages = [
        in_turn("kill", "--signal", "KILL", "volunteers"),
        in_turn("start", "volunteers"),
        in_turn("restart", "--timeout", STOP_GRACE_SECONDS, "rabbitmq"),
        in_turn("restart", "--timeout", STOP_GRACE_SECONDS, "postgres"),
    ]
    async with asyncio.timeout(LOAD_TIMEOUT_SECONDS):
        await rush.run(TRANCHE_COUNT, TRANCHE_SIZE, outages)
    assert len(rush.taker_by_wish) == WISH_COUNT
    await Invariants(deployment.run_sql, desk.station).wait_until_settled()
    await Invariants(deployment.run_sql, desk.station).check_consistency()

    assert await invariants.fetch_ledger_totals(deployment, rush.taker_by_wish) == {
        "transfers": WISH_COUNT,
        "causes": WISH_COUNT,
        "points": POINTS_PER_WISH * WISH_COUNT,
    }
    taken = Counter(taker.id for taker in rush.taker_by_wish.values())
    assert {taker.id: await taker.points() for taker in takers} == {
        taker.id: POINTS_PER_WISH * taken[taker.id] for taker in takers
    }
    assert await invariants.fetch_notices(deployment, rush.taker_by_wish) == {
        (*line, WISH_COUNT, WISH_COUNT) for line in EXPECTED_NOTICES
    }
