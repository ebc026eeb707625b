"""The outbox with dead rows that can't be vacuumed: a look reads no more than at the beginning.

`make growth` runs it with 300,000 rows, `make test` with fewer.
"""

import json
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus.outbox import lanes
from shared.bus.outbox.record import LANE_COUNT
from tests.bus.harness import (
    BusHarness,
    Replica,
    make_message,
    make_wish_opened,
    wait_until,
)
from tests.bus.inbox_rows import execute

ROW_COUNT = int(os.environ.get("LINLI_GROWTH_ROWS", "20000"))
MAX_GROWTH = 3
# Copies of the one row, spread over all lanes.
_FILL = (
    "INSERT INTO outbox (lane, type, subject, correlation, body)"
    " SELECT number % 16, type, subject || number, correlation, body"
    " FROM outbox, generate_series(1, {count}) AS number"
)

_RECORD_AGAIN = (
    "INSERT INTO outbox (lane, type, subject, correlation, body)"
    " SELECT lane, type, subject, correlation, body FROM sent LIMIT 1"
)


@pytest.fixture
async def intake(inprocess_harness: BusHarness) -> Replica:
    """Provide a replica whose messages nobody reads, not started, with one row in its outbox."""
    await inprocess_harness.bind(intake=[])
    replica = inprocess_harness.create_replica("intake")
    await replica.record(make_message(make_wish_opened()))
    await execute(replica, "UPDATE outbox SET type = 'ext.nobody.reads'")
    return replica


@pytest.fixture
async def open_snapshot(intake: Replica) -> AsyncIterator[None]:
    """Hold a snapshot open, as a dump does."""
    async with intake.engine.connect() as conn:
        await conn.execute(text("SET idle_in_transaction_session_timeout = 0"))
        await conn.commit()
        await conn.execution_options(isolation_level="REPEATABLE READ")
        await conn.execute(text("SELECT count(*) FROM outbox"))
        yield


@pytest.mark.usefixtures("open_snapshot")
async def test_look_reads_no_more_after_many_rows_were_relayed(intake: Replica) -> None:
    every_lane = range(LANE_COUNT)
    floors = intake.relay.floors
    await execute(intake, _FILL.format(count=ROW_COUNT))
    first_look = await _read_buffers(intake.engine, lanes.LOOK, floors.parameters(every_lane))
    first_batch = await _read_buffers(intake.engine, lanes.ROWS, _batch(floors))
    await intake.relay.start()
    await wait_until(intake.is_idle, seconds=30 + ROW_COUNT / 500)
    await execute(intake, _RECORD_AGAIN)
    await wait_until(intake.is_idle)
    # A replica that starts only now doesn't read through it for ever, either.
    await intake.relay.stop()
    await intake.relay.start()
    await wait_until(lambda: _has_looked(intake))
    await wait_until(lambda: _has_floors(intake))

    look = await _read_buffers(intake.engine, lanes.LOOK, floors.parameters(every_lane))
    assert look <= MAX_GROWTH * first_look
    assert await _read_buffers(intake.engine, lanes.ROWS, _batch(floors)) <= (
        MAX_GROWTH * first_batch
    )
    # Without floors a look reads through what was relayed.
    naive = lanes.Floors().parameters(every_lane)
    assert await _read_buffers(intake.engine, lanes.LOOK, naive) > MAX_GROWTH * first_look
    assert await intake.count("sent") == ROW_COUNT + 2


async def test_message_that_commits_late_is_relayed(intake: Replica) -> None:
    """Its id is lower than those of messages that were relayed before it committed."""
    await intake.relay.start()
    await wait_until(intake.is_idle)
    async with intake.sessions() as late, late.begin():
        await late.execute(text(_RECORD_AGAIN))
        for round_ in range(5):
            await execute(intake, _RECORD_AGAIN)
            await wait_until(lambda: _has_sent(intake, 2 + round_))  # noqa: B023 - awaited here
    await wait_until(lambda: _has_sent(intake, 7))
    assert await intake.is_idle()


async def test_floor_rises_only_when_older_transactions_have_ended() -> None:
    floors = lanes.Floors()
    floors.empty(3, up_to=40, next_transaction=100)
    floors.settle(3, oldest_transaction=99, first_row=None)
    assert floors.parameters([3])["floors"] == [0]
    floors.settle(3, oldest_transaction=100, first_row=31)
    assert floors.parameters([3])["floors"] == [30]
    floors.settle(3, oldest_transaction=100, first_row=None)
    assert floors.parameters([3])["floors"] == [40]


async def _has_looked(intake: Replica) -> bool:
    """Return whether each worker has connected, which makes it forget the floors, and looked."""
    return all(loop.progress.turns for loop in intake.relay.loops)


async def _has_floors(intake: Replica) -> bool:
    floors = intake.relay.floors.parameters(range(LANE_COUNT))["floors"]
    return all(floor > ROW_COUNT for floor in floors)


def _batch(floors: lanes.Floors) -> dict[str, Any]:
    """Return the parameters of a batch of four lanes."""
    return {**floors.parameters(range(4)), "limit": 125}


async def _has_sent(intake: Replica, count: int) -> bool:
    return await intake.count("sent") == count


async def _read_buffers(
    engine: AsyncEngine, statement: TextClause, parameters: Mapping[str, Any]
) -> int:
    """Run a statement, and return how many pages of tables and indexes it read."""
    async with engine.connect() as conn:
        explained = text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.text}")
        [[plan]] = (await conn.execute(explained, parameters)).all()
        await conn.rollback()
    [root] = json.loads(plan) if isinstance(plan, str) else plan
    return int(root["Plan"]["Shared Hit Blocks"] + root["Plan"]["Shared Read Blocks"])
