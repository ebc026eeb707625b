"""Intake on a database of its own, with a new station for each test."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlalchemy import make_url

from services.intake.accounts import passwords
from services.intake.main import SERVICE
from shared.auth import Actor, Role
from shared.runtime.runtime import Runtime
from tests.intake.station_client import FAST_HASHER, StationClient
from tests.support import postgres
from tests.support.replicas import open_replica


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: FAST_HASHER)
        passwords._dummy_hash.cache_clear()
        yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture(scope="session")
async def intake_url(admin_url: str, database_template: str) -> AsyncIterator[str]:
    """Yield the URL of a migrated database of these tests, for intake's own role."""
    urls = await postgres.copy_database(admin_url, database_template)
    yield urls["intake"]
    await postgres.drop_database(admin_url, str(make_url(urls["intake"]).database))


@pytest.fixture(scope="session")
async def runtime(intake_url: str) -> AsyncIterator[Runtime]:
    """Yield a replica of intake without background tasks: its messages stay in the outbox."""
    async with open_replica(SERVICE, intake_url) as replica:
        yield replica


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client without a session."""
    transport = httpx.ASGITransport(app=runtime.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as http_client:
        yield http_client


@pytest.fixture
async def station_client(runtime: Runtime, client: httpx.AsyncClient) -> StationClient:
    """Return a client of a new station with its desk and its administrator."""
    return await StationClient.create(runtime, client)


@pytest.fixture
async def other_station_client(runtime: Runtime, client: httpx.AsyncClient) -> StationClient:
    """Return a client of another station beside the first."""
    return await StationClient.create(runtime, client)


@pytest.fixture
def desk(station_client: StationClient) -> Actor:
    """Return the actor at the desk of the station."""
    return Actor(station_client.station.id, station_client.desk.person_id, frozenset({Role.STAFF}))
