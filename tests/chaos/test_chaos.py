"""Random faults at any moment: each success takes effect exactly once.

`make chaos SEEDS=200` runs for longer; a seed determines the faults, so that a run can be repeated.
"""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

import httpx
import pytest
from yarl import URL

from services.intake.accounts.actions import NewAccount, create
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from shared.db import make_engine, make_sessions
from shared.sealing import Sealer
from tests.chaos.broker import FLOOD_TYPE
from tests.chaos.endurance import run_under_faults, seed_range
from tests.chaos.environment import ChaosEnvironment, RandomReplicaTransport, start_environment
from tests.chaos.faults import choose_faults, lose_a_queue
from tests.chaos.invariants import MAKE_ALL_DUE, Invariants
from tests.chaos.load import Effects, Load
from tests.support.api_clients import (
    ApiClient,
    create_publisher,
    create_resident,
    create_volunteer,
    eventually,
    sign_in,
)
from tests.support.postgres import role_urls
from tests.support.rabbitmq import NoBroker
from tests.support.retrying_client import post_with_retries
from tests.support.settings import SECRETS
from tests.support.station import PASSWORD

DEFAULT_SEED_COUNT = 10
SEEDS = seed_range(DEFAULT_SEED_COUNT)
TIMEOUT_SECONDS = 60.0
COUNT_FORWARDED = f"""
    SELECT count(*) FROM (SELECT DISTINCT message_key FROM intake.sent
      WHERE type = '{FLOOD_TYPE}') AS forwarded
"""
_REPEATED_METRIC = re.compile(
    r'^linli_messages_repeated_total\{service="notify"\} (\S+)$', re.MULTILINE
)


@dataclass
class ChaosStation:
    """A deployment, and the people who use it."""

    environment: ChaosEnvironment
    client: httpx.AsyncClient
    desk: ApiClient
    residents: list[ApiClient]
    volunteers: list[ApiClient]
    effects: Effects


@pytest.fixture(scope="module")
async def chaos_station() -> AsyncIterator[ChaosStation]:
    """A deployment with two replicas of each service, and its people, signed in."""
    async with AsyncExitStack() as stack:
        try:
            environment = await stack.enter_async_context(start_environment())
        except NoBroker as missing:
            # The tests must not kill a broker that others may use.
            pytest.skip(str(missing))
        await _create_station(environment)
        gateway = RandomReplicaTransport(environment.replicas_of("intake"), random.Random(0))
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=gateway, base_url="http://station", timeout=4)
        )
        desk = await sign_in(client, station="chaos", username="desk", password=PASSWORD)
        await _create_publisher(environment, client)
        residents = [await create_resident(desk) for _ in range(6)]
        volunteers = [await create_volunteer(desk) for _ in range(4)]
        yield ChaosStation(environment, client, desk, residents, volunteers, Effects())


async def _create_station(environment: ChaosEnvironment) -> None:
    sealer = Sealer([SECRETS["secret_keys"]], SECRETS["lookup_key"].encode())
    engine = make_engine(role_urls(environment.admin_url, "linli")["intake"], schema="intake")
    try:
        async with make_sessions(engine, sealer).begin() as tx:
            station = Station.create("chaos", ("演示站", "Demo"), ("演示社区", "Demo"))
            tx.add(station)
            await tx.flush()
            for name, role in (("desk", Role.STAFF), ("admin", Role.ADMIN)):
                account = NewAccount(
                    username=name, display_name="窗口", role=role, password=PASSWORD
                )
                await create(tx, Actor.system(station.id), account)
    finally:
        await engine.dispose()


async def _create_publisher(environment: ChaosEnvironment, client: httpx.AsyncClient) -> None:
    """Admit a publisher, whose user the broker knows."""
    admin = await sign_in(client, station="chaos", username="admin", password=PASSWORD)
    publisher = await create_publisher(admin, [{"may": "publish", "type": FLOOD_TYPE}])
    credentials = await admin.post_ok(f"/publishers/{publisher['id']}/password")
    user, password = credentials["user"], credentials["password"]
    for command in (
        ("add_user", user, password),
        ("set_permissions", user, "^$", r"^linli\.partners$", "^$"),
    ):
        await asyncio.to_thread(environment.node.run_rabbitmqctl, *command)
    url = URL(environment.node.url).with_user(user).with_password(password)
    environment.publisher_url = str(url)


async def test_confirmed_message_that_was_not_deleted_is_sent_again_and_handled_once(
    chaos_station: ChaosStation,
) -> None:
    environment, wisher = chaos_station.environment, chaos_station.residents[0]
    victim, other = environment.replicas_of("intake")
    await other.kill()
    repeated_before = await _count_repeated(environment)
    crashing = asyncio.create_task(victim.crash_before_delete(timeout_seconds=TIMEOUT_SECONDS))

    async def is_armed() -> bool:
        return victim.crash_file.exists()

    # Or the wish is relayed before.
    await eventually(is_armed, timeout_seconds=TIMEOUT_SECONDS)
    posting = asyncio.create_task(post_with_retries(wisher, "/wishes", {"title": "想换一个灯泡"}))
    confirmed = await crashing
    outbox_ids = await environment.fetch_value(
        "SELECT json_agg(convert_from(body, 'UTF8')::jsonb ->> 'id') FROM intake.outbox"
    )
    assert confirmed
    assert json.loads(outbox_ids) == confirmed

    async def delivered_again() -> bool:
        return await _count_repeated(environment) >= repeated_before + len(confirmed)

    await environment.restore()
    await eventually(delivered_again, timeout_seconds=TIMEOUT_SECONDS)
    wish = (await posting)["id"]
    await Invariants(environment.fetch_value, chaos_station.desk.station).wait_until_settled()
    lines = f"FROM notify.deliveries WHERE subject = 'wishes/{wish}' AND template = 'wish.posted'"
    assert await environment.fetch_value(f"SELECT count(*) {lines}") == "1"


async def _count_repeated(environment: ChaosEnvironment) -> float:
    """Return how many repeated deliveries the replicas of notify have counted."""
    answers = [await replica.get("/metrics") for replica in environment.replicas_of("notify")]
    return sum(float(count) for one in answers for count in _REPEATED_METRIC.findall(one.text))


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_or_doubled_under_random_faults(
    chaos_station: ChaosStation, seed: int
) -> None:
    rng = random.Random(seed)
    faults = choose_faults(seed, rng, is_long_run=len(SEEDS) > DEFAULT_SEED_COUNT)
    load = Load(
        chaos_station.desk,
        chaos_station.residents,
        chaos_station.volunteers,
        chaos_station.effects,
        rng,
    )
    bound_faults = [partial(fault, chaos_station.environment, rng) for fault in faults]
    try:
        await run_under_faults(
            load,
            bound_faults,
            chaos_station.environment.restore,
            Invariants(
                chaos_station.environment.fetch_value,
                chaos_station.desk.station,
                has_lost=lose_a_queue in faults,
            ),
        )
        await eventually(
            partial(_has_forwarded_flood, chaos_station.environment),
            timeout_seconds=TIMEOUT_SECONDS,
        )
    except BaseException:
        names = [fault.__name__ for fault in faults]
        print(f"seed {seed}: {names}\n{chaos_station.environment.logs()}")  # noqa: T201 - shown when it fails
        raise


async def _has_forwarded_flood(environment: ChaosEnvironment) -> bool:
    """Return whether each message of a publisher has been forwarded once."""
    await environment.fetch_value(MAKE_ALL_DUE)
    forwarded = int(await environment.fetch_value(COUNT_FORWARDED) or 0)
    assert forwarded <= environment.flood_count
    return forwarded == environment.flood_count
