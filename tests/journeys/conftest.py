"""A station that is open, over each transport."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from tests.support.api_clients import Person, sign_in
from tests.support.station import PASSWORD, found_station
from tests.support.system import House, Kind, opened, transport

CAME_EARLIER = text(
    "UPDATE participations SET checked_in_at = checked_in_at - :minutes * interval '1 minute'"
    " WHERE id = CAST(:id AS uuid)"
)


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


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Person]:
    """Somebody at the desk of a new station."""
    code, _ = await found_station(house)
    async with house.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)


@pytest.fixture
def set_back(house: House) -> Callable[[str, int], Awaitable[None]]:
    """Let a participation have been checked in so many minutes ago."""

    async def set_it_back(participation: str, minutes: int) -> None:
        async with house.intake.sessions.begin() as tx:
            await tx.execute(CAME_EARLIER, {"id": participation, "minutes": minutes})

    return set_it_back


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
