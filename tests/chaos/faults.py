"""What goes wrong: each breaks something, waits, and mends it."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable

from tests.chaos.environment import Ground, Replica
from tests.support.api_clients import eventually

Fault = Callable[[Ground, random.Random], Awaitable[None]]
SECONDS = (0.3, 2.0)
PATIENCE = 60.0
RELAYS_WITHIN = 10.0
ISSUERS = ("intake", "volunteers")

AGAIN = """
    INSERT INTO {service}.outbox (lane, type, subject, correlation, body)
    SELECT lane, type, subject, correlation, body FROM {service}.sent
    ORDER BY random() LIMIT 60
"""
SHUFFLE = """
    WITH held AS (DELETE FROM {service}.outbox RETURNING *)
    INSERT INTO {service}.outbox (lane, type, subject, correlation, body, created_at)
    SELECT lane, type, subject, correlation, body, created_at FROM held ORDER BY random()
"""
_KEPT = """
    SELECT count(DISTINCT id) FROM (
      SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' AS id FROM {service}.outbox
      UNION ALL SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' FROM {service}.sent) AS kept
    WHERE id IN ({ids})
"""


async def kill_a_replica(ground: Ground, chance: random.Random) -> None:
    """SIGKILL, at any moment."""
    victim = chance.choice(ground.replicas)
    await victim.kill()
    await asyncio.sleep(chance.uniform(*SECONDS))
    await victim.start()


async def crash_before_delete(ground: Ground, chance: random.Random) -> None:
    """SIGKILL between the broker's confirm and the deletion of the rows: they are sent again."""
    victim = chance.choice([one for name in ISSUERS for one in ground.of(name)])
    # One that was sent again by another fault may be among them twice.
    if confirmed := set(await victim.die_before_delete(within=RELAYS_WITHIN)):
        ids = ", ".join(f"'{id_}'" for id_ in confirmed)
        kept = await ground.sql(_KEPT.format(service=victim.service, ids=ids))
        assert int(kept) == len(confirmed), confirmed
    await asyncio.sleep(chance.uniform(*SECONDS))
    await victim.start()


async def freeze_a_replica(ground: Ground, chance: random.Random) -> None:
    """It holds what it holds and answers nobody, until it is woken."""
    await _freeze(chance.choice(ground.replicas), chance.uniform(2.0, 5.0))


async def freeze_a_replica_for_a_minute(ground: Ground, chance: random.Random) -> None:
    """Long enough for the server to end its transactions."""
    await _freeze(chance.choice(ground.replicas), 60.0)


async def _freeze(victim: Replica, seconds: float) -> None:
    """Wake it so many seconds later, and wait until it says that it works again."""
    victim.signal(signal.SIGSTOP)
    asyncio.get_running_loop().call_later(seconds, victim.signal, signal.SIGCONT)
    await eventually(victim.ready, patience=seconds + PATIENCE)


async def cut_the_broker_off(ground: Ground, chance: random.Random) -> None:
    """Every connection to the broker is cut, and none is made for a while."""
    ground.broker.cut()
    await asyncio.sleep(chance.uniform(*SECONDS))
    ground.broker.mend()


async def cut_the_database_off(ground: Ground, chance: random.Random) -> None:
    """Every connection to the database is cut, and none is made for a while."""
    ground.database.cut()
    await asyncio.sleep(chance.uniform(*SECONDS))
    ground.database.mend()


async def slow_everything_down(ground: Ground, chance: random.Random) -> None:
    """Each piece takes its time, to the broker and to the database."""
    ground.broker.slow, ground.database.slow = chance.uniform(0.05, 0.3), 0.02
    await asyncio.sleep(chance.uniform(*SECONDS))
    ground.broker.slow = ground.database.slow = 0.0


async def deliver_again(ground: Ground, chance: random.Random) -> None:
    """Messages that were sent, and mostly handled, are sent once more, in any order."""
    await ground.sql(AGAIN.format(service=chance.choice(ISSUERS)))


async def reorder(ground: Ground, chance: random.Random) -> None:
    """What waits for a broker that is cut off is sent in any order, of one subject too."""
    ground.broker.cut()
    await asyncio.sleep(chance.uniform(*SECONDS))
    for service in ISSUERS:
        await ground.sql(SHUFFLE.format(service=service))
    ground.broker.mend()


async def let_a_clock_jump(ground: Ground, chance: random.Random) -> None:
    """One replica's clock is two minutes wrong for a while."""
    victim = chance.choice(ground.replicas)
    # One that has just begun doesn't listen to signals yet.
    await eventually(victim.ready, patience=PATIENCE)
    victim.jump(chance.uniform(-120, 120))
    await asyncio.sleep(chance.uniform(*SECONDS))
    victim.jump(0)


async def restart_the_database(ground: Ground, chance: random.Random) -> None:
    """In order, or as a loss of power would."""
    await ground.restart_database(crash=chance.random() < 0.5)


async def kill_the_broker(ground: Ground, _chance: random.Random) -> None:
    """SIGKILL, and started again on what it had on disk."""
    await ground.restart_broker()


async def alarm_the_broker(ground: Ground, chance: random.Random) -> None:
    """It takes no more messages, since its memory is full."""
    await asyncio.to_thread(ground.node.control, "set_vm_memory_high_watermark", "0.0000001")
    await asyncio.sleep(chance.uniform(*SECONDS))
    await asyncio.to_thread(ground.node.control, "set_vm_memory_high_watermark", "0.4")


QUICK: tuple[Fault, ...] = (
    kill_a_replica,
    crash_before_delete,
    freeze_a_replica,
    cut_the_broker_off,
    cut_the_database_off,
    slow_everything_down,
    deliver_again,
    reorder,
    let_a_clock_jump,
)
# One of these in each run, since they take their time.
HEAVY: tuple[Fault, ...] = (
    kill_a_replica,
    restart_the_database,
    kill_the_broker,
    restart_the_database,
    alarm_the_broker,
)


def drawn(seed: int, chance: random.Random, *, long: bool) -> list[Fault]:
    """The faults of one run, in the order in which they come."""
    faults = [*chance.choices(QUICK, k=4), HEAVY[seed % len(HEAVY)]]
    if long and seed % 10 == 0:
        faults.append(freeze_a_replica_for_a_minute)
    chance.shuffle(faults)
    return faults
