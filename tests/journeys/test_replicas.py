"""Replicas: operators list them, and readiness tells what a replica lacks."""

import pytest
from sqlalchemy import text

from shared.runtime.heartbeat import Heartbeat
from shared.runtime.runtime import Runtime
from tests.support.api_clients import ApiClient
from tests.support.system import RunningSystem

READINESS_PATH = "/health/ready"


async def backdate(runtime: Runtime, heartbeat: Heartbeat, age: str) -> None:
    """Make the last heartbeat older."""
    async with runtime.sessions.begin() as tx:
        await tx.execute(
            text(f"UPDATE replicas SET seen_at = seen_at - interval '{age}' WHERE id = :id"),
            {"id": heartbeat.id},
        )


@pytest.mark.parametrize("service", ["intake", "volunteers", "notify"])
async def test_operator_tells_a_frozen_replica_from_a_running_one(
    operator: ApiClient, desk: ApiClient, running_system: RunningSystem, service: str
) -> None:
    path = f"/operations/{service}/replicas"
    runtime = running_system.replicas[service][0]
    frozen = Heartbeat(service, runtime.sessions, list)
    await frozen.beat()
    assert [one["is_silent"] for one in await operator.get_ok(path)] == [False, False]
    await backdate(runtime, frozen, "40 seconds")
    running, silent = sorted(await operator.get_ok(path), key=lambda one: one["is_silent"])
    assert (silent["id"], silent["is_silent"], silent["parts"]) == (str(frozen.id), True, [])
    assert running["version"] == "0.1.0"
    await runtime._heartbeat.beat()
    [running] = [one for one in await operator.get_ok(path) if not one["is_silent"]]
    parts = {part["name"].rpartition(f" {service}")[0]: part for part in running["parts"]}
    assert parts.keys() >= {"heartbeat", "consumer", "retries", "deferrals", "scheduler"}
    assert all(part["alive"] for part in parts.values())
    assert parts["consumer"]["waits_for"] == "messages"
    assert (await desk.call("GET", path)).status_code == 403

    # What didn't stop in order is forgotten after a day, and what did is gone at once.
    await backdate(runtime, frozen, "1 day")
    await runtime._heartbeat.beat()
    assert [one["id"] for one in await operator.get_ok(path)] == [running["id"]]
    await frozen.beat()
    await frozen.stop()
    assert [one["id"] for one in await operator.get_ok(path)] == [running["id"]]


async def test_replica_without_progress_is_degraded_and_takes_requests(
    running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_system.client() as client:
        healthy = await client.get(READINESS_PATH)
        assert (healthy.status_code, healthy.json()["degraded"]) == (200, False)
        [consumer, *_] = running_system.intake.consumer.loops
        monkeypatch.setattr(consumer.progress, "_completed_at", -1e9)
        stalled = await client.get(READINESS_PATH)
        assert stalled.status_code == 200
        assert (stalled.json()["consumer"], stalled.json()["degraded"]) == (False, True)


async def test_replica_that_cannot_write_its_heartbeat_is_not_ready(
    running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_system.client() as client:
        monkeypatch.setattr(running_system.intake._heartbeat._loop.progress, "_completed_at", -1e9)
        unwritable = await client.get(READINESS_PATH)
    assert (unwritable.status_code, unwritable.json()["database"]) == (503, False)


async def test_metrics_tell_progress_pools_jobs_and_version(running_system: RunningSystem) -> None:
    async with running_system.client() as client:
        metrics = (await client.get("/metrics")).text
    for line in (
        'linli_build_info{service="intake",version="0.1.0"} 1.0',
        'linli_part_turn_age_seconds{part="consumer intake",service="intake"}',
        'linli_pool_connections_used{pool="requests",service="intake"}',
        'linli_job_overdue_seconds{service="intake"}',
    ):
        assert line in metrics
