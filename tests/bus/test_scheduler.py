"""Timed jobs: each runs once for all replicas, in a transaction of its own."""

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
        await tx.execute(text("INSERT INTO handled (title) VALUES ('ran')"))

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
    assert await replicas[0].count("handled") == 1

    with clock.shifted(timedelta(days=1, seconds=1)):
        assert await second.run_due() == ["daily"]
    assert await replicas[0].count("handled") == 2


async def test_failing_job_is_postponed_and_rolled_back(inprocess_harness: BusHarness) -> None:
    async def job(tx: AsyncSession) -> None:
        await tx.execute(text("INSERT INTO handled (title) VALUES ('half')"))
        raise ValueError("no")

    async def other(tx: AsyncSession) -> None:
        await tx.execute(text("INSERT INTO handled (title) VALUES ('whole')"))

    intake = inprocess_harness.create_replica("intake")
    hour = timedelta(hours=1)
    scheduler = Scheduler(
        "intake", intake.sessions, [Job("bad", hour, job), Job("good", hour, other)]
    )
    await scheduler.register()
    assert await scheduler.run_due() == ["good"]
    assert [row.title for row in await intake.fetch_rows("SELECT title FROM handled")] == ["whole"]
    [row] = await intake.fetch_rows("SELECT * FROM jobs WHERE name = 'bad'")
    assert row.error == "ValueError: no"
    assert clock.now() < row.due_at <= clock.now() + timedelta(minutes=1)


async def test_scheduler_runs_in_the_background_until_stopped(
    inprocess_harness: BusHarness,
) -> None:
    async def job(tx: AsyncSession) -> None:
        await tx.execute(text("INSERT INTO handled (title) VALUES ('ran')"))

    intake = inprocess_harness.create_replica("intake")
    scheduler = Scheduler("intake", intake.sessions, [Job("once", timedelta(hours=1), job)])
    await scheduler.start()
    await wait_until(lambda: intake.count("handled"))
    assert scheduler.alive
    await scheduler.stop()
    await scheduler.stop()
    assert not scheduler.alive
