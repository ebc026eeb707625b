"""Whatever breaks in the scaled deployment: what was answered with success takes effect, and once.

`make chaos-compose SEEDS=20` goes on for longer; a seed names its faults, so that a run can be
repeated.
"""

import random
from collections.abc import Callable
from functools import partial

import pytest

from tests.chaos.endurance import endure, seeds
from tests.chaos.invariants import Books
from tests.chaos.load import Effects, Load
from tests.compose.deployment import Deployment
from tests.compose.faults import PATIENCE, drawn
from tests.support.api_clients import Person, eventually, resident, volunteer

AS_A_RULE = 3
RUN = seeds(AS_A_RULE)


@pytest.fixture(scope="module")
async def load_of(hasty_desk: Person) -> Callable[[random.Random], Load]:
    """A load of the people of one station."""
    residents = [await resident(hasty_desk) for _ in range(6)]
    volunteers = [await volunteer(hasty_desk) for _ in range(4)]
    return partial(Load, hasty_desk, residents, volunteers, Effects())


@pytest.mark.parametrize("seed", RUN)
async def test_nothing_is_lost_and_nothing_doubled(
    deployment: Deployment, load_of: Callable[[random.Random], Load], seed: int
) -> None:
    chance = random.Random(seed)
    load = load_of(chance)
    faults = drawn(seed, chance, long=len(RUN) > AS_A_RULE)
    acts = [partial(fault, deployment, chance) for fault in faults]
    books = Books(deployment.sql, load.desk.station)

    try:
        await endure(load, acts, partial(_whole, deployment), books)
    except BaseException:
        print(f"seed {seed}: {[fault.__name__ for fault in faults]}")  # noqa: T201 - when it fails
        raise


async def _whole(deployment: Deployment) -> None:
    """Wait until every container is healthy; fail with those that aren't."""
    ailing: list[str] = []

    async def none_ails() -> bool:
        ailing[:] = await deployment.ailing()
        return not ailing

    try:
        await eventually(none_ails, patience=PATIENCE)
    except TimeoutError:
        raise AssertionError(f"not healthy: {ailing}") from None
