"""A load, and what breaks under it one after the other; then everything is mended, and counted."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

from tests.chaos.invariants import Books
from tests.chaos.load import Load

JOURNEYS = 12
WITHIN = 240.0

Act = Callable[[], Awaitable[None]]


def seeds(otherwise: int) -> range:
    """The seeds of a run: as many as are asked for."""
    first = int(os.environ.get("LINLI_CHAOS_FIRST", "0"))
    return range(first, first + int(os.environ.get("LINLI_CHAOS_SEEDS", str(otherwise))))


async def endure(load: Load, faults: Sequence[Act], mend: Act, books: Books) -> None:
    """Let faults come under the load: all that was answered with success takes effect, once."""
    stop = asyncio.Event()

    async def break_things() -> None:
        for fault in faults:
            await asyncio.sleep(load.chance.uniform(0.1, 0.8))
            await fault()
        stop.set()
        await mend()

    async with asyncio.timeout(WITHIN), asyncio.TaskGroup() as group:
        group.create_task(break_things())
        group.create_task(load.run(stop, at_least=JOURNEYS))
    await books.settle()
    await books.check(load.effects)
