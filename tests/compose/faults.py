"""What goes wrong with containers: each breaks something, waits, and mends it."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from tests.chaos.faults import AGAIN, ISSUERS, SHUFFLE
from tests.compose.deployment import NETWORK, SCALE, CommandFailed, Deployment, run
from tests.support.api_clients import eventually

Fault = Callable[[Deployment, random.Random], Awaitable[None]]
SECONDS = (0.3, 2.0)
PATIENCE = 60.0
LITTLE, ENOUGH = ("0.0000001",), ("absolute", "600MB")


async def kill_a_replica(deployment: Deployment, chance: random.Random) -> None:
    """SIGKILL, at any moment."""
    _, victim = await _any_replica(deployment, chance)
    await _kill(victim, chance)


async def freeze_a_replica(deployment: Deployment, chance: random.Random) -> None:
    """It holds what it holds and answers nobody, until it is woken."""
    _, victim = await _any_replica(deployment, chance)
    await _freeze(deployment, victim, chance.uniform(2.0, 5.0))


async def freeze_a_replica_for_a_minute(deployment: Deployment, chance: random.Random) -> None:
    """Long enough for the server to end its transactions."""
    _, victim = await _any_replica(deployment, chance)
    await _freeze(deployment, victim, 60.0)


async def cut_a_replica_off(deployment: Deployment, chance: random.Random) -> None:
    """It is without a network, and nobody tells it or the others: packets are lost."""
    service, victim = await _any_replica(deployment, chance)
    await run("docker", "network", "disconnect", NETWORK, victim)
    await asyncio.sleep(chance.uniform(0.3, 8.0))
    await run("docker", "network", "connect", "--alias", service, NETWORK, victim)


async def deliver_again(deployment: Deployment, chance: random.Random) -> None:
    """Messages that were sent, and mostly handled, are sent once more, in any order."""
    await deployment.sql(AGAIN.format(service=chance.choice(ISSUERS)))


async def reorder(deployment: Deployment, chance: random.Random) -> None:
    """What waits for a frozen broker is sent in any order, of one subject too."""
    (broker,) = await deployment.of("rabbitmq")
    async with _frozen(broker):
        await asyncio.sleep(chance.uniform(*SECONDS))
        for service in ISSUERS:
            await deployment.sql(SHUFFLE.format(service=service))


async def kill_the_broker(deployment: Deployment, chance: random.Random) -> None:
    """SIGKILL, and started again on what it had on disk."""
    (broker,) = await deployment.of("rabbitmq")
    await _kill(broker, chance)


async def alarm_the_broker(deployment: Deployment, chance: random.Random) -> None:
    """It takes no more messages, since its memory is full."""
    control = ("exec", "-T", "rabbitmq", "rabbitmqctl", "-q")
    # One that was killed a moment ago is not up yet.
    await _until_it_succeeds(partial(deployment.compose, *control, "await_startup"))
    await deployment.compose(*control, "set_vm_memory_high_watermark", *LITTLE)
    await asyncio.sleep(chance.uniform(*SECONDS))
    await deployment.compose(*control, "set_vm_memory_high_watermark", *ENOUGH)


async def kill_the_database(deployment: Deployment, chance: random.Random) -> None:
    """SIGKILL, and started again on what it had on disk."""
    (database,) = await deployment.of("postgres")
    await _kill(database, chance)
    await _until_it_succeeds(partial(deployment.sql, "SELECT 1"))


async def restart_the_database(deployment: Deployment, _chance: random.Random) -> None:
    """In order: when it has stopped, Docker starts it again."""
    stop = ("pg_ctl", "--no-wait", "--mode", "fast", "stop")
    await deployment.compose("exec", "-T", "--user", "postgres", "postgres", *stop)
    await _until_it_succeeds(partial(deployment.sql, "SELECT 1"))


async def _any_replica(deployment: Deployment, chance: random.Random) -> tuple[str, str]:
    """A service, and the id of one of its containers."""
    service = chance.choice(list(SCALE))
    return service, chance.choice(sorted(await deployment.of(service)))


async def _kill(container: str, chance: random.Random) -> None:
    await run("docker", "kill", "--signal", "KILL", container)
    await asyncio.sleep(chance.uniform(*SECONDS))
    await run("docker", "start", container)


async def _freeze(deployment: Deployment, container: str, seconds: float) -> None:
    """Wake it so many seconds later, and wait until it says that it works again."""
    over = asyncio.Event()
    async with _frozen(container):
        asyncio.get_running_loop().call_later(seconds, over.set)
        await over.wait()
    await _until_it_succeeds(partial(deployment.check, container))


@asynccontextmanager
async def _frozen(container: str) -> AsyncIterator[None]:
    # What forks a great deal may escape the first try: "unable to freeze".
    await _until_it_succeeds(partial(run, "docker", "pause", container))
    try:
        yield
    finally:
        await run("docker", "unpause", container)


async def _until_it_succeeds(command: Callable[[], Awaitable[str]]) -> None:
    async def succeeds() -> bool:
        try:
            await command()
        except CommandFailed:
            return False
        return True

    await eventually(succeeds, patience=PATIENCE)


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
)


def drawn(seed: int, chance: random.Random, *, long: bool) -> list[Fault]:
    """The faults of one run, in the order in which they come."""
    faults = chance.sample(FAULTS, k=5)
    if long and seed % 10 == 0:
        faults.append(freeze_a_replica_for_a_minute)
        chance.shuffle(faults)
    return faults
