"""Purges beside an inflow of 500 messages a second: they delete at least twice as fast, in chunks.

`make growth` runs it for ten minutes and measures the longest statement; `make test` runs it for
some seconds.
"""

import asyncio
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text

from shared.bus.maintenance import BUS_JOBS
from shared.scheduler import Scheduler
from tests.bus.harness import BusHarness, Replica
from tests.bus.inbox_rows import execute

DURATION_SECONDS = int(os.environ.get("LINLI_PURGE_SECONDS", "5"))
IS_MEASURED = "LINLI_PURGE_SECONDS" in os.environ
INFLOW_PER_SECOND = 500
MAX_STATEMENT_SECONDS = 1.0
CHUNK_SIZE = 10 * INFLOW_PER_SECOND
INFLOW = INFLOW_PER_SECOND * DURATION_SECONDS
# Enough to do for a purge that is twice as fast as the inflow.
BACKLOG_SIZE = 2 * INFLOW
PURGED = tuple(job for job in BUS_JOBS if job.name == "bus.purge-inbox")
_INSERT_OLD = (
    "INSERT INTO inbox (consumer, message_key, type, correlation, state, received_at, handled_at)"
    " SELECT 'notify', gen_random_uuid(), 'linli.x.v1', gen_random_uuid(), 'done',"
    " now() - interval '36 days', now() - interval '36 days' FROM generate_series(1, {count})"
)


@pytest.fixture
async def notify(inprocess_harness: BusHarness) -> Replica:
    """Provide a replica with rows in its inbox that are to be purged, not started."""
    replica = inprocess_harness.create_replica("notify")
    for _ in range(BACKLOG_SIZE // CHUNK_SIZE):
        await execute(replica, _INSERT_OLD.format(count=CHUNK_SIZE))
    return replica


@pytest.fixture
def durations(notify: Replica) -> Iterator[list[float]]:
    """Provide the seconds of each statement that deletes."""
    seconds: list[float] = []

    def begin(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seconds.append(-time.monotonic() if statement.startswith("DELETE") else 0.0)

    def end(*_: Any) -> None:
        if seconds[-1]:
            seconds[-1] += time.monotonic()

    event.listen(notify.engine.sync_engine, "before_cursor_execute", begin)
    event.listen(notify.engine.sync_engine, "after_cursor_execute", end)
    yield seconds
    event.remove(notify.engine.sync_engine, "before_cursor_execute", begin)
    event.remove(notify.engine.sync_engine, "after_cursor_execute", end)


async def test_purges_delete_twice_as_fast_as_messages_come(
    notify: Replica, inprocess_harness: BusHarness, durations: list[float]
) -> None:
    scheduler = Scheduler("notify", notify.sessions, PURGED)
    inflow = inprocess_harness.create_replica("notify")
    await scheduler.start()
    loop = asyncio.get_running_loop()
    started = loop.time()
    async with inflow.engine.connect() as conn:
        for second in range(DURATION_SECONDS):
            await conn.execute(text(_INSERT_OLD.format(count=INFLOW_PER_SECOND)))
            await conn.commit()
            await asyncio.sleep(max(0.0, started + second + 1 - loop.time()))
    elapsed = loop.time() - started
    deleted = BACKLOG_SIZE + INFLOW - await notify.count("inbox")
    await scheduler.stop()
    assert deleted >= 2 * INFLOW
    if IS_MEASURED:
        print(  # noqa: T201 - what `make growth` measures
            f"\ninflow {INFLOW / elapsed:.0f}/s, purged {deleted / elapsed:.0f}/s over"
            f" {elapsed:.0f} s; longest statement {max(durations):.3f} s"
        )
        assert max(durations) < MAX_STATEMENT_SECONDS
