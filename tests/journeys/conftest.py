"""A station that is open, over each transport."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from services.intake.accounts.actions import NewAccount, create
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from tests.support.cast import Person, sign_in
from tests.support.house import House, Kind, opened, transport

PASSWORD = "a-password-of-the-tests"


@pytest.fixture(params=["in process", "rabbit"], scope="module")
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each journey runs over both transports."""
    chosen: Kind = request.param
    return chosen


@pytest.fixture(scope="module")
async def house(
    kind: Kind, module_database_urls: dict[str, str], module_amqp_prefix: str
) -> AsyncIterator[House]:
    """The three services, running."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            transport(kind, os.environ["LINLI_TEST_AMQP_URL"], module_amqp_prefix) as carried,
            opened(module_database_urls, Path(folder), carried) as running,
        ):
            yield running


async def found_station(house: House) -> tuple[str, Actor]:
    """A new station with its first accounts; its code, and its admin."""
    code = f"station-{uuid4().hex[:8]}"
    async with house.intake.sessions.begin() as tx:
        station = Station.found(code, ("测试站", "Test station"), ("测试社区", "Test community"))
        tx.add(station)
        await tx.flush()
        founder = Actor.system(station.id)
        for name, role in (
            ("desk", Role.STAFF),
            ("admin", Role.ADMIN),
            ("operator", Role.OPERATOR),
        ):
            wanted = NewAccount(username=name, display_name=name, role=role, password=PASSWORD)
            await create(tx, founder, wanted)
    return code, founder


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Person]:
    """Somebody at the desk of a new station."""
    code, _ = await found_station(house)
    async with house.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)


@pytest.fixture
async def operator(desk: Person) -> Person:
    """The operator of the desk's station."""
    return await sign_in(desk.client, station=desk.station, username="operator", password=PASSWORD)


@pytest.fixture
async def other_desk(house: House) -> AsyncIterator[Person]:
    """Somebody at the desk of another station in the same house."""
    code, _ = await found_station(house)
    async with house.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)
