"""Timed jobs: once for all replicas, in a transaction of their own."""

import asyncio
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.scheduler import Job, Scheduler
from tests.bus.harness import BusHarness, wait_until


async def test_two_replicas_run_a_job_once(inprocess_harness: BusHarness) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def job(tx: AsyncSession) -> None:
        entered.set()
        await go_on.wait()
        await tx.execute(text("INSERT INTO seen (title) VALUES ('ran')"))

    replicas = [inprocess_harness.create_replica("intake") for _ in range(2)]
    jobs = [Job("daily", timedelta(days=1), job)]
    first, second = (Scheduler("intake", one.sessions, jobs) for one in replicas)
    await first.register()
    await second.register()
    running = asyncio.create_task(first.run_due())
    await entered.wait()
    assert await second.run_due() == []
    go_on.set()
    assert await running == ["daily"]
    assert await second.run_due() == []
    assert await replicas[0].count("seen") == 1

    with clock.shifted(timedelta(days=1, seconds=1)):
        assert await second.run_due() == ["daily"]
    assert await replicas[0].count("seen") == 2


async def test_job_that_fails_is_put_off_and_leaves_nothing(inprocess_harness: BusHarness) -> None:
    async def job(tx: AsyncSession) -> None:
        await tx.execute(text("INSERT INTO seen (title) VALUES ('half')"))
        raise ValueError("no")

    async def other(tx: AsyncSession) -> None:
        await tx.execute(text("INSERT INTO seen (title) VALUES ('whole')"))

    intake = inprocess_harness.create_replica("intake")
    hour = timedelta(hours=1)
    ticker = Scheduler("intake", intake.sessions, [Job("bad", hour, job), Job("good", hour, other)])
    await ticker.register()
    assert await ticker.run_due() == ["good"]
    assert [row.title for row in await intake.fetch_rows("SELECT title FROM seen")] == ["whole"]
    [row] = await intake.fetch_rows("SELECT * FROM jobs WHERE name = 'bad'")
    assert row.error == "ValueError: no"
    assert clock.now() < row.due_at <= clock.now() + timedelta(minutes=1)


async def test_ticker_runs_in_the_background_until_stopped(inprocess_harness: BusHarness) -> None:
    async def job(tx: AsyncSession) -> None:
        await tx.execute(text("INSERT INTO seen (title) VALUES ('ran')"))

    intake = inprocess_harness.create_replica("intake")
    ticker = Scheduler("intake", intake.sessions, [Job("once", timedelta(hours=1), job)])
    await ticker.start()
    await wait_until(lambda: intake.count("seen"))
    assert ticker.alive
    await ticker.stop()
    await ticker.stop()
    assert not ticker.alive
