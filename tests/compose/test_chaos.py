"""Random faults in the scaled deployment: each success takes effect exactly once.

`make chaos-compose SEEDS=20` runs for longer; a seed determines the faults, so that a run can be
repeated.
"""

import random
from collections.abc import Callable
from functools import partial

import pytest

from tests.chaos.endurance import run_under_faults, seed_range
from tests.chaos.invariants import Invariants
from tests.chaos.load import Effects, Load
from tests.compose.deployment import Deployment
from tests.compose.faults import LOSING_FAULTS, RECOVERY_TIMEOUT_SECONDS, choose_faults
from tests.support.api_clients import ApiClient, create_resident, create_volunteer, eventually

DEFAULT_SEED_COUNT = 3
SEEDS = seed_range(DEFAULT_SEED_COUNT)


@pytest.fixture(scope="module")
async def create_load(hasty_desk: ApiClient) -> Callable[[random.Random], Load]:
    """A function that makes a load with the people of one station."""
    residents = [await create_resident(hasty_desk) for _ in range(6)]
    volunteers = [await create_volunteer(hasty_desk) for _ in range(4)]
    return partial(Load, hasty_desk, residents, volunteers, Effects())


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled_under_random_faults(
    deployment: Deployment, create_load: Callable[[random.Random], Load], seed: int
) -> None:
    rng = random.Random(seed)
    load = create_load(rng)
    faults = choose_faults(seed, rng, is_long_run=len(SEEDS) > DEFAULT_SEED_COUNT)
    bound_faults = [partial(fault, deployment, rng) for fault in faults]
    # A broker that is killed while its disk is full may lose the files of a queue.
    has_lost = not LOSING_FAULTS.isdisjoint(faults)
    invariants = Invariants(deployment.run_sql, load.desk.station, has_lost=has_lost)

    try:
        await run_under_faults(
            load, bound_faults, partial(_wait_until_healthy, deployment), invariants
        )
    except BaseException:
        print(f"seed {seed}: {[fault.__name__ for fault in faults]}")  # noqa: T201 - when it fails
        raise


async def _wait_until_healthy(deployment: Deployment) -> None:
    """Wait until all containers are healthy. Raises: AssertionError, with those that are not."""
    unhealthy: list[str] = []

    async def all_healthy() -> bool:
        unhealthy[:] = await deployment.unhealthy_containers()
        return not unhealthy

    try:
        await eventually(all_healthy, timeout_seconds=RECOVERY_TIMEOUT_SECONDS)
    except TimeoutError:
        raise AssertionError(f"not healthy: {unhealthy}") from None
