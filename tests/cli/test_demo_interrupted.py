"""A load that is interrupted again and again ends like one that was not."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import update

from services.demo.loader import load_demo
from services.demo.register import NotTheDemo
from services.intake.stations.models import Station
from tests.cli.invariants import (
    assert_events_match_plan,
    assert_ledger_balances,
    assert_people_match_plan,
    assert_register_is_complete,
    ignore_progress,
    replica_by_service,
)
from tests.support.system import RunningSystem


async def _cancel_load_after(running_system: RunningSystem, completed_steps: int) -> None:
    """Load until so many steps are completed, and cancel in the middle of the next one."""
    loading: asyncio.Task[bool]

    def watch(completed: int, _total: int, _what: str) -> None:
        if completed >= completed_steps:
            loading.cancel()

    loading = asyncio.create_task(load_demo(replica_by_service(running_system), watch))
    with suppress(asyncio.CancelledError):
        await loading
    assert loading.cancelled()


async def test_load_interrupted_at_any_step_completes_when_repeated(
    running_system: RunningSystem,
) -> None:
    for after in (1, 3, 9, 10, 15, 17, 18, 25, 46, 48, 70, 93, 97, 104, 106, 113, 115):
        await _cancel_load_after(running_system, after)
    changes = await asyncio.gather(
        *(load_demo(replica_by_service(running_system), ignore_progress) for _ in range(2))
    )
    assert sorted(changes)[0] is False
    await assert_register_is_complete(running_system)
    await assert_people_match_plan(running_system)
    await assert_events_match_plan(running_system)
    await assert_ledger_balances(running_system)
    assert not await load_demo(replica_by_service(running_system), ignore_progress)


async def test_real_station_of_the_same_code_is_left_alone(running_system: RunningSystem) -> None:
    async with running_system.intake.sessions.begin() as tx:
        await tx.execute(update(Station).values(demo=False))
    with pytest.raises(NotTheDemo):
        await load_demo(replica_by_service(running_system), ignore_progress)
