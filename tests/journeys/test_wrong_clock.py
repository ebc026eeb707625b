"""A replica whose clock is wrong: its jobs end, remind and purge nothing before its time."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from shared import clock
from tests.journeys.test_event import publish_event, read_inbox
from tests.support.api_clients import ApiClient, create_resident, create_volunteer, eventually
from tests.support.system import RunningSystem

SERVICES = ("intake", "volunteers", "notify")
MAX_DELAY = "interval '1 hour 1 minute'"


async def run_all_jobs(running_system: RunningSystem) -> None:
    """Make every job due, and run each once."""
    for service in SERVICES:
        runtime = running_system.replicas[service][0]
        async with runtime.sessions.begin() as tx:
            await tx.execute(text("UPDATE jobs SET due_at = now()"))
        await runtime.scheduler.run_due()


@pytest.mark.parametrize("days", [36, -36])
async def test_jobs_go_by_the_clock_of_the_database(
    desk: ApiClient, running_system: RunningSystem, days: int
) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    claimed = (await wisher.post_ok("/wishes", {"title": "想修一把椅子", "details": ""}))["id"]
    unclaimed = (await wisher.post_ok("/wishes", {"title": "想换一个灯泡", "details": ""}))["id"]
    for wish in (claimed, unclaimed):
        await desk.post_ok(f"/wishes/{wish}/approve")
    await taker.post_ok(f"/wishes/{claimed}/claim")
    event = await publish_event(desk, starts_in=timedelta(days=5), title="看露天电影")
    await wisher.post_ok(f"{event}/join")

    async def has_confirmation() -> bool:
        return any("看露天电影" in line for line in await read_inbox(wisher))

    await eventually(has_confirmation)
    notices = len(await read_inbox(wisher))
    with clock.skewed(timedelta(days=days)):
        await run_all_jobs(running_system)

    assert (await taker.get_ok(f"/wishes/{claimed}"))["state"] == "claimed"
    assert (await taker.get_ok(f"/wishes/{unclaimed}"))["state"] == "open"
    assert (await wisher.get_ok(event))["state"] == "published"
    assert len(await read_inbox(wisher)) == notices
    for service in SERVICES:
        async with running_system.replicas[service][0].sessions() as tx:
            jobs = f"SELECT count(*) FROM jobs WHERE due_at > now() + {MAX_DELAY}"
            assert await tx.scalar(text(jobs)) == 0
