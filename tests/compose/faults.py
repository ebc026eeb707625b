"""Faults of containers: each breaks a part of the deployment, waits, and mends it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from tests.chaos.faults import PUBLISHING_SERVICES, REPUBLISH_SQL, SHUFFLE_OUTBOX_SQL
from tests.compose.deployment import (
    NETWORK,
    REPLICAS_PER_SERVICE,
    CommandFailed,
    Deployment,
    run_command,
)
from tests.support.api_clients import eventually

Fault = Callable[[Deployment, random.Random], Awaitable[None]]
FAULT_DURATION_SECONDS = (0.3, 2.0)
# Longer than a broker takes whose health check has to end it, and to make queues anew.
RECOVERY_TIMEOUT_SECONDS = 300.0
LOW_WATERMARK, NORMAL_WATERMARK = ("0.0000001",), ("absolute", "600MB")


async def kill_a_replica(deployment: Deployment, rng: random.Random) -> None:
    """Kill a replica, and start it again."""
    _, victim = await _choose_replica(deployment, rng)
    await _kill(victim, rng)


async def freeze_a_replica(deployment: Deployment, rng: random.Random) -> None:
    """Freeze a replica for some seconds, with the locks and connections that it holds."""
    _, victim = await _choose_replica(deployment, rng)
    await _freeze(deployment, victim, rng.uniform(2.0, 5.0))


async def freeze_a_replica_for_a_minute(deployment: Deployment, rng: random.Random) -> None:
    """Freeze a replica for so long that the database server ends its transactions."""
    _, victim = await _choose_replica(deployment, rng)
    await _freeze(deployment, victim, 60.0)


async def cut_a_replica_off(deployment: Deployment, rng: random.Random) -> None:
    """Take a replica off the network; its packets are lost, and no connection is closed."""
    service, victim = await _choose_replica(deployment, rng)
    await run_command("docker", "network", "disconnect", NETWORK, victim)
    await asyncio.sleep(rng.uniform(0.3, 8.0))
    await run_command("docker", "network", "connect", "--alias", service, NETWORK, victim)


async def deliver_again(deployment: Deployment, rng: random.Random) -> None:
    """Send messages again that were sent, and mostly handled, before."""
    await deployment.run_sql(REPUBLISH_SQL.format(service=rng.choice(PUBLISHING_SERVICES)))


async def reorder(deployment: Deployment, rng: random.Random) -> None:
    """Freeze the broker, and shuffle the outboxes, the messages of one subject too."""
    (broker,) = await deployment.container_ids("rabbitmq")
    async with _paused(broker):
        await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
        for service in PUBLISHING_SERVICES:
            await deployment.run_sql(SHUFFLE_OUTBOX_SQL.format(service=service))


async def kill_the_broker(deployment: Deployment, rng: random.Random) -> None:
    """Kill the broker, and start it again on the same data."""
    (broker,) = await deployment.container_ids("rabbitmq")
    await _kill(broker, rng)


async def alarm_the_broker(deployment: Deployment, rng: random.Random) -> None:
    """Raise the broker's memory alarm for a while, in which it accepts no messages."""
    control = ("exec", "-T", "rabbitmq", "rabbitmqctl", "-q")
    # A broker that another fault has just killed may still be starting.
    await _retry_until_success(partial(deployment.compose, *control, "await_startup"))
    await deployment.compose(*control, "set_vm_memory_high_watermark", *LOW_WATERMARK)
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    await deployment.compose(*control, "set_vm_memory_high_watermark", *NORMAL_WATERMARK)


async def kill_the_database(deployment: Deployment, rng: random.Random) -> None:
    """Kill the database, and start it again on the same data."""
    (database,) = await deployment.container_ids("postgres")
    await _kill(database, rng)
    await _retry_until_success(partial(deployment.run_sql, "SELECT 1"))


async def restart_the_database(deployment: Deployment, _rng: random.Random) -> None:
    """Stop the database in order; Docker then starts it again."""
    stop = ("pg_ctl", "--no-wait", "--mode", "fast", "stop")
    await deployment.compose("exec", "-T", "--user", "postgres", "postgres", *stop)
    await _retry_until_success(partial(deployment.run_sql, "SELECT 1"))


async def fill_the_disk_of_the_database(deployment: Deployment, rng: random.Random) -> None:
    """Fill the database's disk for some seconds; Docker starts a server again that ends by it."""
    async with deployment.full_disk("postgres"):
        await asyncio.sleep(rng.uniform(3.0, 10.0))
    await _retry_until_success(partial(deployment.run_sql, "SELECT 1"))


async def fill_the_disk_of_the_broker(deployment: Deployment, rng: random.Random) -> None:
    """Fill the broker's disk for some seconds, in which it accepts no messages."""
    async with deployment.full_disk("rabbitmq"):
        await asyncio.sleep(rng.uniform(3.0, 10.0))


async def lose_a_queue(deployment: Deployment, rng: random.Random) -> None:
    """Delete a service's queue with what is in it, and let the migration declare it again."""
    queue = f"linli.{rng.choice(list(REPLICAS_PER_SERVICE))}"
    control = ("exec", "-T", "rabbitmq", "rabbitmqctl", "-q")
    await _retry_until_success(partial(deployment.compose, *control, "await_startup"))
    await deployment.compose(*control, "delete_queue", queue)
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    migrate = ("run", "--rm", "--no-TTY", "--no-deps", "migrate", "migrate")
    await _retry_until_success(partial(deployment.compose, *migrate))


async def _choose_replica(deployment: Deployment, rng: random.Random) -> tuple[str, str]:
    """Return a service and the id of one of its containers."""
    service = rng.choice(list(REPLICAS_PER_SERVICE))
    return service, rng.choice(sorted(await deployment.container_ids(service)))


async def _kill(container: str, rng: random.Random) -> None:
    await run_command("docker", "kill", "--signal", "KILL", container)
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    await run_command("docker", "start", container)


async def _freeze(deployment: Deployment, container: str, seconds: float) -> None:
    """Freeze `container` for `seconds`, and wait until it is healthy again."""
    elapsed = asyncio.Event()
    async with _paused(container):
        asyncio.get_running_loop().call_later(seconds, elapsed.set)
        await elapsed.wait()
    await _retry_until_success(partial(deployment.run_health_check, container))


@asynccontextmanager
async def _paused(container: str) -> AsyncIterator[None]:
    # Docker may fail to freeze a container that forks a great deal: "unable to freeze".
    await _retry_until_success(partial(run_command, "docker", "pause", container))
    try:
        yield
    finally:
        await run_command("docker", "unpause", container)


async def _retry_until_success(command: Callable[[], Awaitable[str]]) -> None:
    async def succeeds() -> bool:
        try:
            await command()
        except CommandFailed:
            return False
        return True

    await eventually(succeeds, timeout_seconds=RECOVERY_TIMEOUT_SECONDS)


FAULTS: tuple[Fault, ...] = (
    kill_a_replica,
    kill_a_replica,
    freeze_a_replica,
    cut_a_replica_off,
    deliver_again,
    reorder,
    kill_the_broker,
    alarm_the_broker,
    kill_the_database,
    restart_the_database,
    fill_the_disk_of_the_database,
    fill_the_disk_of_the_broker,
    lose_a_queue,
)
LOSING_FAULTS = frozenset({lose_a_queue, fill_the_disk_of_the_broker})


def choose_faults(seed: int, rng: random.Random, *, is_long_run: bool) -> list[Fault]:
    """Return the faults of one run, in their order."""
    faults = rng.sample(FAULTS, k=5)
    if is_long_run and seed % 10 == 0:
        faults.append(freeze_a_replica_for_a_minute)
        rng.shuffle(faults)
    return faults
