"""Killed services and a restarted broker and database: nothing is lost or paid twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from tests.chaos.invariants import Invariants
from tests.compose import invariants
from tests.compose.deployment import Deployment
from tests.compose.load import TrancheLoad
from tests.support.api_clients import ApiClient, create_resident, create_volunteer

TRANCHE_COUNT, TRANCHE_SIZE = 5, 100
WISH_COUNT = TRANCHE_COUNT * TRANCHE_SIZE
POINTS_PER_WISH = 20
LOAD_TIMEOUT_SECONDS = 420.0
# Docker kills what doesn't stop in that time, and that must do no harm either.
STOP_GRACE_SECONDS = "3"
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


async def test_nothing_is_lost_or_paid_twice_in_outages(
    deployment: Deployment, desk: ApiClient
) -> None:
    wishers = [await create_resident(desk) for _ in range(8)]
    takers = [await create_volunteer(desk) for _ in range(5)]
    load = TrancheLoad(desk, wishers, takers)
    lock = asyncio.Lock()

    def run_locked(*command: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def run() -> None:
            async with lock:
                await deployment.compose(*command)

        return run

    outages = [
        run_locked("kill", "--signal", "KILL", "volunteers"),
        run_locked("start", "volunteers"),
        run_locked("restart", "--timeout", STOP_GRACE_SECONDS, "rabbitmq"),
        run_locked("restart", "--timeout", STOP_GRACE_SECONDS, "postgres"),
    ]
    async with asyncio.timeout(LOAD_TIMEOUT_SECONDS):
        await load.run(TRANCHE_COUNT, TRANCHE_SIZE, outages)
    assert len(load.taker_by_wish) == WISH_COUNT
    await Invariants(deployment.run_sql, desk.station).wait_until_settled()
    await Invariants(deployment.run_sql, desk.station).check_consistency()

    assert await invariants.fetch_ledger_totals(deployment, load.taker_by_wish) == {
        "transfers": WISH_COUNT,
        "causes": WISH_COUNT,
        "points": POINTS_PER_WISH * WISH_COUNT,
    }
    wish_counts = Counter(taker.id for taker in load.taker_by_wish.values())
    assert {taker.id: await taker.points() for taker in takers} == {
        taker.id: POINTS_PER_WISH * wish_counts[taker.id] for taker in takers
    }
    assert await invariants.fetch_notices(deployment, load.taker_by_wish) == {
        (*line, WISH_COUNT, WISH_COUNT) for line in EXPECTED_NOTICES
    }
