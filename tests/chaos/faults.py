"""Faults: each breaks a part of the deployment, waits, and mends it."""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable

from services.cli.migrate import BINDINGS
from shared.bus.transport import topology
from tests.chaos import next_version
from tests.chaos.broker import delete_queue, publish_flood
from tests.chaos.environment import ChaosEnvironment, Replica
from tests.support.api_clients import eventually
from tests.support.proxy import Proxy

Fault = Callable[[ChaosEnvironment, random.Random], Awaitable[None]]
FAULT_DURATION_SECONDS = (0.3, 2.0)
RECOVERY_TIMEOUT_SECONDS = 60.0
RELAY_TIMEOUT_SECONDS = 10.0
# Longer than a session may idle in a transaction.
FREEZE_IN_BATCH_SECONDS = 20.0
MAX_FREEZE_TRIES = 200
READ_ONLY = "default_transaction_read_only"
PUBLISHING_SERVICES = ("intake", "volunteers")
SERVICES = (*PUBLISHING_SERVICES, "notify")
FLOOD_SIZE = 1000

REPUBLISH_SQL = """
    INSERT INTO {service}.outbox (lane, type, subject, correlation, body, created_at, message_key)
    SELECT lane, type, subject, correlation, body, created_at, message_key FROM {service}.sent
    ORDER BY random() LIMIT 60
"""
SHUFFLE_OUTBOX_SQL = """
    WITH deleted AS (DELETE FROM {service}.outbox RETURNING *)
    INSERT INTO {service}.outbox (lane, type, subject, correlation, body, created_at, message_key)
    SELECT lane, type, subject, correlation, body, created_at, message_key FROM deleted
    ORDER BY random()
"""
_COUNT_RECORDED = """
    SELECT count(DISTINCT id) FROM (
      SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' AS id FROM {service}.outbox
      UNION ALL SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' FROM {service}.sent) AS recorded
    WHERE id IN ({ids})
"""

_COUNT_OPEN_BATCHES = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = 'linli {service} consumer' AND state = 'idle in transaction'
"""
_END_SESSIONS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = 'linli'
"""


async def kill_a_replica(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Kill a replica, and start it again."""
    victim = rng.choice(environment.replicas)
    await victim.kill()
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    await victim.start()


async def crash_before_delete(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Kill a replica between the broker's confirm and the deletion of the rows."""
    victim = rng.choice(
        [one for name in PUBLISHING_SERVICES for one in environment.replicas_of(name)]
    )
    # A message that another fault sent again may be confirmed twice.
    if confirmed := set(await victim.crash_before_delete(timeout_seconds=RELAY_TIMEOUT_SECONDS)):
        ids = ", ".join(f"'{id_}'" for id_ in confirmed)
        recorded = await environment.fetch_value(
            _COUNT_RECORDED.format(service=victim.service, ids=ids)
        )
        assert int(recorded) == len(confirmed), confirmed
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    await victim.start()


async def freeze_a_replica(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Freeze a replica for some seconds, with the locks and connections that it holds."""
    await _freeze(rng.choice(environment.replicas), rng.uniform(2.0, 5.0))


async def freeze_a_replica_for_a_minute(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Freeze a replica for so long that the database server ends its transactions."""
    await _freeze(rng.choice(environment.replicas), 60.0)


async def _freeze(victim: Replica, seconds: float) -> None:
    """Freeze `victim` for `seconds`, and wait until it is ready again."""
    victim.signal(signal.SIGSTOP)
    asyncio.get_running_loop().call_later(seconds, victim.signal, signal.SIGCONT)
    await eventually(victim.is_ready, timeout_seconds=seconds + RECOVERY_TIMEOUT_SECONDS)


async def cut_the_broker_off(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Cut every connection to the broker, and refuse new ones for a while."""
    environment.broker.cut()
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    environment.broker.restore()


async def cut_the_database_off(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Cut every connection to the database, and refuse new ones for a while."""
    environment.database.cut()
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    environment.database.restore()


async def slow_everything_down(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Delay the traffic to the broker and to the database for a while."""
    environment.broker.delay_seconds, environment.database.delay_seconds = (
        rng.uniform(0.05, 0.3),
        0.02,
    )
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    environment.broker.delay_seconds = environment.database.delay_seconds = 0.0


async def deliver_again(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Send messages again that were sent, and mostly handled, before."""
    await environment.fetch_value(REPUBLISH_SQL.format(service=rng.choice(PUBLISHING_SERVICES)))


async def reorder(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Cut the broker off, and shuffle the outboxes, the messages of one subject too."""
    environment.broker.cut()
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    for service in PUBLISHING_SERVICES:
        await environment.fetch_value(SHUFFLE_OUTBOX_SQL.format(service=service))
    environment.broker.restore()


async def shift_a_clock(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Make a replica's clock wrong by up to two minutes for a while."""
    victim = rng.choice(environment.replicas)
    # A replica that has just started doesn't handle signals yet.
    await eventually(victim.is_ready, timeout_seconds=RECOVERY_TIMEOUT_SECONDS)
    victim.shift_clock(rng.uniform(-120, 120))
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    victim.shift_clock(0)


async def restart_the_database(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Restart the database, in order or as after a loss of power."""
    await environment.restart_database(crash=rng.random() < 0.5)


async def kill_the_broker(environment: ChaosEnvironment, _rng: random.Random) -> None:
    """Kill the broker, and start it again on the same data."""
    await environment.restart_broker()


async def alarm_the_broker(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Raise the broker's memory alarm for a while, in which it accepts no messages."""
    await asyncio.to_thread(
        environment.node.run_rabbitmqctl, "set_vm_memory_high_watermark", "0.0000001"
    )
    await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))
    await asyncio.to_thread(environment.node.run_rabbitmqctl, "set_vm_memory_high_watermark", "0.4")


async def freeze_a_replica_in_a_batch(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Freeze a replica while a transaction of its consumer is open, until the server ends it."""
    victim = rng.choice(environment.replicas)
    query = _COUNT_OPEN_BATCHES.format(service=victim.service)
    for _ in range(MAX_FREEZE_TRIES):
        victim.signal(signal.SIGSTOP)
        if int(await environment.fetch_value(query) or 0):
            break
        victim.signal(signal.SIGCONT)
        await asyncio.sleep(rng.uniform(0.005, 0.03))
    await _freeze(victim, FREEZE_IN_BATCH_SECONDS)


async def make_the_database_read_only(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Let the database refuse every write for some seconds."""
    for setting in (f"SET {READ_ONLY} = on", f"RESET {READ_ONLY}"):
        await environment.administer(f"ALTER DATABASE linli {setting}", _END_SESSIONS)
        if setting.startswith("SET"):
            await asyncio.sleep(rng.uniform(2.0, 6.0))


async def silence_the_broker(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Pass nothing on between the replicas and the broker, and keep the connections."""
    await _silence(environment.broker, rng)


async def silence_the_database(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Pass nothing on between the replicas and the database, and keep the connections."""
    await _silence(environment.database, rng)


async def _silence(proxy: Proxy, rng: random.Random) -> None:
    proxy.fall_silent()
    await asyncio.sleep(rng.uniform(5.0, 20.0))
    proxy.restore()


async def lose_a_queue(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Delete a service's queue with what is in it, and declare it again after a while."""
    await delete_queue(environment.node.url, rng.choice(SERVICES))
    await asyncio.sleep(rng.uniform(2.0, 5.0))
    await topology.declare(environment.node.url, BINDINGS)


async def flood_by_a_publisher(environment: ChaosEnvironment, _rng: random.Random) -> None:
    """Publish more valid messages at once than a replica handles of one publisher in a minute."""
    environment.flood_count += await publish_flood(
        environment.publisher_url, FLOOD_SIZE, first=environment.flood_count
    )


async def roll_a_replica(environment: ChaosEnvironment, rng: random.Random) -> None:
    """Roll a replica of notify back and to the next version, while types only that one knows come.

    It stays the next version beside this one.
    """
    victim = environment.replicas_of(next_version.READER)[0]
    await next_version.bind(environment.node.url)
    for is_next in (False, True):
        await victim.kill()
        victim.is_next = is_next
        await victim.start()
        await environment.fetch_value(next_version.record_statement())
        await asyncio.sleep(rng.uniform(*FAULT_DURATION_SECONDS))


QUICK_FAULTS: tuple[Fault, ...] = (
    kill_a_replica,
    crash_before_delete,
    freeze_a_replica,
    cut_the_broker_off,
    cut_the_database_off,
    slow_everything_down,
    deliver_again,
    reorder,
    shift_a_clock,
)
# Each run has one of these only, since they take long.
SLOW_FAULTS: tuple[Fault, ...] = (
    restart_the_database,
    kill_the_broker,
    make_the_database_read_only,
    alarm_the_broker,
    freeze_a_replica_in_a_batch,
    silence_the_broker,
    silence_the_database,
    lose_a_queue,
    flood_by_a_publisher,
    roll_a_replica,
)


def choose_faults(seed: int, rng: random.Random, *, is_long_run: bool) -> list[Fault]:
    """Return the faults of one run, in their order."""
    faults = [*rng.choices(QUICK_FAULTS, k=4), SLOW_FAULTS[seed % len(SLOW_FAULTS)]]
    if is_long_run and seed % 10 == 0:
        faults.append(freeze_a_replica_for_a_minute)
    rng.shuffle(faults)
    return faults
