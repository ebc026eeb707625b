"""Disks without room: people get an answer, what was accepted takes effect once, nobody helps."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from tests.chaos.invariants import Invariants
from tests.chaos.load import Effects, Load
from tests.compose.deployment import CommandFailed, Deployment
from tests.support.api_clients import ApiClient, create_resident, create_volunteer, eventually
from tests.support.retrying_client import UNAVAILABLE_STATUSES

TIMEOUT_SECONDS = 240.0
# What is accepted between the refusals is accepted on a disk that is full to the last page.
MIN_REFUSALS = 100
# A broker may serve its queues from memory alone for longer than this.
END_TIMEOUT_SECONDS = 120.0
# Messages that are sent again, so that the broker has something to write.
SEND_AGAIN = """
    INSERT INTO intake.outbox (lane, type, subject, correlation, body)
    SELECT lane, type, subject, correlation, body FROM intake.sent
    WHERE (SELECT count(*) FROM intake.outbox) < 10 ORDER BY random() LIMIT 50
"""
ASK_READINESS = """
import urllib.request, urllib.error
try:
    print(urllib.request.urlopen("http://127.0.0.1:8000/health/ready", timeout=10).read().decode())
except urllib.error.HTTPError as error:
    print(error.read().decode())
"""


@pytest.fixture(scope="module")
async def create_load(hasty_desk: ApiClient) -> Callable[[], Load]:
    """A function that makes a load with the people of one station."""
    residents = [await create_resident(hasty_desk) for _ in range(4)]
    volunteers = [await create_volunteer(hasty_desk) for _ in range(3)]
    return lambda: Load(hasty_desk, residents, volunteers, Effects(), random.Random(0))


async def _check_effects(deployment: Deployment, load: Load) -> None:
    invariants = Invariants(deployment.run_sql, load.desk.station)
    await invariants.wait_until_settled()
    await invariants.check_consistency()
    subjects = ", ".join(f"'wishes/{wish}'" for wish in load.effects.wishes)
    paid = "SELECT count(*) FROM volunteers.transfers WHERE cause_subject IN"
    assert int(await deployment.run_sql(f"{paid} ({subjects})")) == len(load.effects.wishes)


async def test_full_disk_of_the_database_is_answered_with_503(
    deployment: Deployment, create_load: Callable[[], Load]
) -> None:
    statuses: Counter[int] = Counter()
    load, stop = create_load(), asyncio.Event()
    async with asyncio.timeout(TIMEOUT_SECONDS), asyncio.TaskGroup() as group:
        group.create_task(load.run(stop, min_journeys=12))
        async with deployment.full_disk("postgres"):
            # What room there is in the tables' pages is used up first.
            while statuses[503] < MIN_REFUSALS:
                statuses[await _post_large_wish(load)] += 1
        stop.set()
    assert set(statuses) <= {201, *UNAVAILABLE_STATUSES}
    await _check_effects(deployment, load)


async def _post_large_wish(load: Load) -> int:
    """Post a wish that is left open; return the status of the answer."""
    wish = {"title": "想换一个灯泡", "details": "够不着，" * 100}
    try:
        answer = await load.rng.choice(load.residents).call("POST", "/wishes", json=wish)
    except httpx.TransportError:
        return 504
    if answer.status_code == 503:
        assert int(answer.headers["Retry-After"]) > 0
    return answer.status_code


async def test_broker_comes_back_by_itself_after_its_disk_was_full(
    deployment: Deployment, create_load: Callable[[], Load]
) -> None:
    load, stop = create_load(), asyncio.Event()
    started_at = await _started_at(deployment)

    async def is_ended() -> bool:
        """Send messages again; return whether the broker was ended, and started again."""
        await deployment.run_sql(SEND_AGAIN)
        return await _started_at(deployment) != started_at

    async with asyncio.timeout(2 * TIMEOUT_SECONDS), asyncio.TaskGroup() as group:
        async with deployment.full_disk("rabbitmq"):
            group.create_task(load.run(stop, min_journeys=12))
            await _wait_until(deployment, _is_degraded)
            # Until the broker has lost what it had in memory, too, or for a while.
            with suppress(TimeoutError):
                await eventually(is_ended, timeout_seconds=END_TIMEOUT_SECONDS)
        stop.set()
        await _wait_until(deployment, _is_well)
    await _check_effects(deployment, load)


async def _started_at(deployment: Deployment) -> str:
    """Return when the broker was started, the last time."""
    (container,) = (await deployment.inspect_containers())["rabbitmq"]
    started_at: str = container["State"]["StartedAt"]
    return started_at


async def _wait_until(deployment: Deployment, condition: Callable[[str], bool]) -> None:
    async def holds() -> bool:
        try:
            answer = await deployment.compose("exec", "-T", "intake", "python", "-c", ASK_READINESS)
        except CommandFailed:
            return False
        return condition(answer)

    await eventually(holds, timeout_seconds=TIMEOUT_SECONDS / 2)


def _is_degraded(readiness: str) -> bool:
    """Return whether a replica takes requests and says that it can't relay."""
    return '"database":true' in readiness and '"relay":false' in readiness


def _is_well(readiness: str) -> bool:
    return '"degraded":false' in readiness
