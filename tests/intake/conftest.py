"""Intake on a database of its own, with a new station for each test."""

import os
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts import passwords
from services.intake.main import SERVICE
from shared.auth import Actor, Role
from shared.bus.message import bindings
from shared.bus.transport.in_process import InProcessTransport
from shared.runtime.runtime import Runtime
from tests.intake.station_client import FAST_HASHER, StationClient, make_settings
from tests.support import postgres


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", lambda: FAST_HASHER)
        passwords._dummy_hash.cache_clear()
        yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture(scope="session")
async def intake_url(admin_url: str) -> AsyncIterator[str]:
    """A migrated database for all of these tests, as intake's own role sees it."""
    urls = await postgres.copy_database(admin_url, os.environ["LINLI_TEST_TEMPLATE"])
    yield urls["intake"]
    await postgres.drop_database(admin_url, str(make_url(urls["intake"]).database))


@pytest.fixture(scope="session")
async def runtime(intake_url: str) -> AsyncIterator[Runtime]:
    """A replica of intake whose background doesn't run: what it records stays in the outbox."""
    transport = InProcessTransport({"intake": bindings(SERVICE.handlers)})
    made = Runtime(SERVICE, make_settings(intake_url), transport)
    yield made
    await made.close()


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who isn't signed in."""
    transport = httpx.ASGITransport(app=runtime.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as made:
        yield made


@pytest.fixture
async def station_client(runtime: Runtime, client: httpx.AsyncClient) -> StationClient:
    """A new station with its desk and its administrator."""
    return await StationClient.create(runtime, client)


@pytest.fixture
async def other_station_client(runtime: Runtime, client: httpx.AsyncClient) -> StationClient:
    """Another station beside the first."""
    return await StationClient.create(runtime, client)


@pytest.fixture
async def tx(runtime: Runtime) -> AsyncIterator[AsyncSession]:
    """A transaction that is rolled back."""
    async with runtime.sessions() as session:
        session.info["once"] = None
        yield session
        await session.rollback()


@pytest.fixture
def desk(station_client: StationClient) -> Actor:
    """Somebody at the desk of the station."""
    return Actor(station_client.station.id, station_client.desk.person_id, frozenset({Role.STAFF}))
