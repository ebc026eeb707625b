"""Whatever breaks in the scaled deployment: what was answered with success takes effect, and once.

`make chaos-compose SEEDS=20` goes on for longer; a seed names its faults, so that a run can be
repeated.
"""

import random
from collections.abc import Callable
from functools import partial

import pytest

from tests.chaos.books import Books
from tests.chaos.endurance import endure, seeds
from tests.chaos.load import Effects, Load
from tests.compose.deployment import Deployment
from tests.compose.faults import PATIENCE, drawn
from tests.support.cast import Person, eventually, resident, volunteer

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

    async def mended() -> None:
        await eventually(deployment.whole, patience=PATIENCE)

    try:
        await endure(load, acts, mended, Books(deployment.sql, load.desk.station))
    except BaseException:
        print(f"seed {seed}: {[fault.__name__ for fault in faults]}")  # noqa: T201 - when it fails
        raise
