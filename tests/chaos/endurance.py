"""One chaos run: a load, faults injected under it, and the check of the invariants at the end."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

from tests.chaos.invariants import Invariants
from tests.chaos.load import Load

MIN_JOURNEYS = 12
TIMEOUT_SECONDS = 480.0

AsyncAction = Callable[[], Awaitable[None]]


def seed_range(default_count: int) -> range:
    """Return the seeds of a run, as many as `LINLI_CHAOS_SEEDS` says."""
    first = int(os.environ.get("LINLI_CHAOS_FIRST", "0"))
    return range(first, first + int(os.environ.get("LINLI_CHAOS_SEEDS", str(default_count))))


async def run_under_faults(
    load: Load, faults: Sequence[AsyncAction], restore: AsyncAction, invariants: Invariants
) -> None:
    """Inject `faults` under `load`, and check that each success took effect exactly once."""
    stop = asyncio.Event()

    async def inject_faults() -> None:
        for fault in faults:
            await asyncio.sleep(load.rng.uniform(0.1, 0.8))
            await fault()
        stop.set()
        await restore()

    async with asyncio.timeout(TIMEOUT_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(inject_faults())
        group.create_task(load.run(stop, min_journeys=MIN_JOURNEYS))
    await invariants.wait_until_settled()
    await invariants.check_effects(load.effects)
