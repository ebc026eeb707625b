"""Whatever breaks at any moment: what was answered with success takes effect, and once.

`make chaos SEEDS=200` goes on for longer; a seed names its faults, so that a run can be repeated.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from services.intake.accounts.actions import NewAccount, create
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from shared.db import make_engine, make_sessions
from shared.sealing import Sealer
from tests.chaos.books import Books
from tests.chaos.faults import drawn
from tests.chaos.ground import AnyReplica, Ground, opened
from tests.chaos.load import Effects, Load
from tests.support.cast import Person, eventually, resident, sign_in, volunteer
from tests.support.house import SECRETS
from tests.support.place import PASSWORD
from tests.support.postgres import role_urls
from tests.support.rabbitmq import NoBroker

SEEDS = int(os.environ.get("LINLI_CHAOS_SEEDS", "10"))
LONG = SEEDS > 10
FIRST = int(os.environ.get("LINLI_CHAOS_FIRST", "0"))
JOURNEYS = 12
SETTLED_WITHIN = 90.0


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


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
async def test_nothing_is_lost_and_nothing_doubled(town: Town, seed: int) -> None:
    chance = random.Random(seed)
    faults = drawn(seed, chance, long=LONG)
    load = Load(town.desk, town.residents, town.volunteers, town.effects, chance)
    stop = asyncio.Event()

    async def break_things() -> None:
        for fault in faults:
            await asyncio.sleep(chance.uniform(0.1, 0.8))
            await fault(town.ground, chance)
        await town.ground.mend()
        stop.set()

    names = [fault.__name__ for fault in faults]
    try:
        async with asyncio.timeout(240), asyncio.TaskGroup() as group:
            group.create_task(break_things())
            group.create_task(load.run(stop, at_least=JOURNEYS))
        await _settled(town)
        await Books(town.ground.superuser_url).check(town.effects)
    except BaseException:
        print(f"seed {seed}: {names}\n{town.ground.logs()}")  # noqa: T201 - shown when it fails
        raise


async def _settled(town: Town) -> None:
    books = Books(town.ground.superuser_url)
    left: dict[str, int] = {}

    async def nothing_left() -> bool:
        left.update(await books.under_way())
        return not any(left.values())

    try:
        await eventually(nothing_left, patience=SETTLED_WITHIN)
    except TimeoutError:
        raise AssertionError(f"still under way: {left}") from None
