"""A load that is broken off again and again ends as one that was not."""

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import update

from services.demo.loader import load_demo
from services.demo.register import NotTheDemo
from services.intake.stations.models import Station
from tests.cli.invariants import (
    assert_books_balance,
    assert_events_went_as_planned,
    assert_people_did_as_planned,
    assert_register_is_whole,
    services,
    silent,
)
from tests.support.system import House


async def _break_off(house: House, after: int) -> None:
    """Load until so many steps are done, and cancel in the middle of the next one."""
    loading: asyncio.Task[bool]

    def watch(done: int, _total: int, _what: str) -> None:
        if done >= after:
            loading.cancel()

    loading = asyncio.create_task(load_demo(services(house), watch))
    with suppress(asyncio.CancelledError):
        await loading
    assert loading.cancelled()


async def test_broken_off_at_any_step_and_loaded_again_it_is_whole(house: House) -> None:
    for after in (1, 3, 9, 10, 15, 17, 18, 25, 46, 48, 70, 93, 97, 104, 106, 113, 115):
        await _break_off(house, after)
    both = await asyncio.gather(*(load_demo(services(house), silent) for _ in range(2)))
    assert sorted(both)[0] is False
    await assert_register_is_whole(house)
    await assert_people_did_as_planned(house)
    await assert_events_went_as_planned(house)
    await assert_books_balance(house)
    assert not await load_demo(services(house), silent)


async def test_a_real_station_of_the_same_code_is_left_alone(house: House) -> None:
    async with house.intake.sessions.begin() as tx:
        await tx.execute(update(Station).values(demo=False))
    with pytest.raises(NotTheDemo):
        await load_demo(services(house), silent)
