"""Whatever breaks at any moment: what was answered with success takes effect, and once.

`make chaos SEEDS=200` goes on for longer; a seed names its faults, so that a run can be repeated.
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

from services.intake.accounts.actions import NewAccount, create
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from shared.db import make_engine, make_sessions
from shared.sealing import Sealer
from tests.chaos.endurance import endure, seeds
from tests.chaos.environment import AnyReplica, Ground, opened
from tests.chaos.faults import drawn
from tests.chaos.invariants import Books
from tests.chaos.load import Effects, Load
from tests.support.api_clients import Person, eventually, resident, sign_in, volunteer
from tests.support.postgres import role_urls
from tests.support.rabbitmq import NoBroker
from tests.support.retrying_client import insist
from tests.support.station import PASSWORD
from tests.support.system import SECRETS

AS_A_RULE = 10
RUN = seeds(AS_A_RULE)
PATIENCE = 60.0
_REPEATED = re.compile(r'^linli_messages_repeated_total\{service="notify"\} (\S+)$', re.MULTILINE)


@dataclass
class Town:
    """A deployment with people who use it."""

    ground: Ground
    client: httpx.AsyncClient
    desk: Person
    residents: list[Person]
    volunteers: list[Person]
    effects: Effects


@pytest.fixture(scope="module")
async def town() -> AsyncIterator[Town]:
    """A deployment of two replicas each, and its people signed in."""
    async with AsyncExitStack() as stack:
        try:
            ground = await stack.enter_async_context(opened())
        except NoBroker as missing:
            # A broker that was named for the tests is nobody's to kill.
            pytest.skip(str(missing))
        await _found_station(ground)
        gateway = AnyReplica(ground.of("intake"), random.Random(0))
        client = await stack.enter_async_context(
            httpx.AsyncClient(transport=gateway, base_url="http://station", timeout=4)
        )
        desk = await sign_in(client, station="chaos", username="desk", password=PASSWORD)
        residents = [await resident(desk) for _ in range(6)]
        volunteers = [await volunteer(desk) for _ in range(4)]
        yield Town(ground, client, desk, residents, volunteers, Effects())


async def _found_station(ground: Ground) -> None:
    sealer = Sealer([SECRETS["secret_keys"]], SECRETS["lookup_key"].encode())
    engine = make_engine(role_urls(ground.admin_url, "linli")["intake"], schema="intake")
    try:
        async with make_sessions(engine, sealer).begin() as tx:
            station = Station.found("chaos", ("演示站", "Demo"), ("演示社区", "Demo"))
            tx.add(station)
            await tx.flush()
            wanted = NewAccount(
                username="desk", display_name="窗口", role=Role.STAFF, password=PASSWORD
            )
            await create(tx, Actor.system(station.id), wanted)
    finally:
        await engine.dispose()


async def test_what_was_confirmed_and_not_deleted_is_sent_twice_and_handled_once(
    town: Town,
) -> None:
    ground, wisher = town.ground, town.residents[0]
    victim, other = ground.of("intake")
    await other.kill()
    asked = asyncio.create_task(insist(wisher, "/wishes", {"title": "想换一个灯泡"}))
    known = await _repeated(ground)
    confirmed = await victim.die_before_delete(within=PATIENCE)
    waiting = await ground.sql(
        "SELECT json_agg(convert_from(body, 'UTF8')::jsonb ->> 'id') FROM intake.outbox"
    )
    assert confirmed
    assert json.loads(waiting) == confirmed

    async def delivered_again() -> bool:
        return await _repeated(ground) >= known + len(confirmed)

    await ground.mend()
    await eventually(delivered_again, patience=PATIENCE)
    wish = (await asked)["id"]
    await Books(ground.sql, town.desk.station).settle()
    lines = f"FROM notify.deliveries WHERE subject = 'wishes/{wish}' AND template = 'wish.posted'"
    assert await ground.sql(f"SELECT count(*) {lines}") == "1"


async def _repeated(ground: Ground) -> float:
    """How many deliveries of known messages the replicas of notify have met."""
    answers = [await replica.get("/metrics") for replica in ground.of("notify")]
    return sum(float(count) for one in answers for count in _REPEATED.findall(one.text))


@pytest.mark.parametrize("seed", RUN)
async def test_nothing_is_lost_and_nothing_doubled(town: Town, seed: int) -> None:
    chance = random.Random(seed)
    faults = drawn(seed, chance, long=len(RUN) > AS_A_RULE)
    load = Load(town.desk, town.residents, town.volunteers, town.effects, chance)
    acts = [partial(fault, town.ground, chance) for fault in faults]
    try:
        await endure(load, acts, town.ground.mend, Books(town.ground.sql, town.desk.station))
    except BaseException:
        names = [fault.__name__ for fault in faults]
        print(f"seed {seed}: {names}\n{town.ground.logs()}")  # noqa: T201 - shown when it fails
        raise
