"""Fixtures for every test: a real Postgres, a real RabbitMQ, and fresh databases, on demand."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.ids import new_id
from shared.runtime.runtime import Runtime
from shared.runtime.service import Service
from tests.support import postgres, servers
from tests.support.api_clients import ApiClient, sign_in
from tests.support.replicas import MakeClient, open_replica
from tests.support.servers import ServerHost, ServerName
from tests.support.station import PASSWORD, StationFixture, create_demo_station, create_station
from tests.support.system import RunningSystem, TransportKind, open_transport, start_system

_ADDRESS_KEY = pytest.StashKey[str]()
_HOST_KEY = pytest.StashKey[ServerHost]()
RequestServer = Callable[[ServerName], str]


def pytest_configure(config: pytest.Config) -> None:
    """Offer the servers of the run; none starts before a test's fixture requests it."""
    # With xdist the controller hosts the servers, because it outlives its workers.
    if (worker_input := getattr(config, "workerinput", None)) is not None:
        config.stash[_ADDRESS_KEY] = worker_input["server_host"]
        return
    host = config.stash[_HOST_KEY] = ServerHost()
    config.stash[_ADDRESS_KEY] = host.address


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the servers are requested."""
    node.workerinput["server_host"] = node.config.stash[_ADDRESS_KEY]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers that started."""
    if (host := config.stash.get(_HOST_KEY, None)) is not None:
        host.close()


@pytest.fixture(scope="session")
def server_host(pytestconfig: pytest.Config) -> RequestServer:
    """Return a function that returns a server of the run, and starts it where it doesn't run."""
    return lambda name: servers.request_server(pytestconfig.stash[_ADDRESS_KEY], name)


@pytest.fixture(scope="session")
def admin_url(server_host: RequestServer) -> str:
    """Return the URL of a superuser of the tests' Postgres."""
    return server_host("postgres")


@pytest.fixture(scope="session")
def database_template(server_host: RequestServer) -> str:
    """Return the name of the migrated database that is copied for tests."""
    return server_host("template")


@pytest.fixture(scope="session")
def amqp_url(server_host: RequestServer) -> str:
    """Return the URL of the tests' RabbitMQ."""
    return server_host("rabbitmq")


async def _database_copy(admin_url: str, template: str) -> AsyncIterator[dict[str, str]]:
    urls = await postgres.copy_database(admin_url, template)
    yield urls
    database = urls["intake"].rpartition("/")[2].partition("?")[0]
    await postgres.drop_database(admin_url, database)


@pytest.fixture(scope="module")
async def module_database_urls(
    admin_url: str, database_template: str
) -> AsyncIterator[dict[str, str]]:
    """Create a migrated database for the module; yield the URL of each service's own role."""
    async for urls in _database_copy(admin_url, database_template):
        yield urls


@pytest.fixture
async def database_urls(admin_url: str, database_template: str) -> AsyncIterator[dict[str, str]]:
    """Create a migrated database for one test; yield the URL of each service's own role."""
    async for urls in _database_copy(admin_url, database_template):
        yield urls


def _random_prefix() -> Iterator[str]:
    yield f"t{os.urandom(4).hex()}."


module_amqp_prefix = pytest.fixture(scope="module")(_random_prefix)
amqp_prefix = pytest.fixture(_random_prefix)


@pytest.fixture(scope="module")
def kind() -> TransportKind:
    """Return the kind of transport of the running system."""
    return "in process"


@pytest.fixture(scope="module")
def transport_url(kind: TransportKind, request: pytest.FixtureRequest) -> str:
    """Return the URL of the broker, which starts only if the transport needs it."""
    return str(request.getfixturevalue("amqp_url")) if kind == "rabbit" else ""


@pytest.fixture(scope="module")
async def running_system(
    kind: TransportKind,
    transport_url: str,
    module_database_urls: dict[str, str],
    module_amqp_prefix: str,
) -> AsyncIterator[RunningSystem]:
    """Start the three services in this process."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport(kind, transport_url, module_amqp_prefix) as transport,
            start_system(module_database_urls, Path(folder), transport) as system,
        ):
            yield system


@pytest.fixture(scope="module")
async def demo_station(running_system: RunningSystem) -> StationFixture:
    """Create a demo station, the only one of its system."""
    return await create_demo_station(running_system)


@pytest.fixture
async def desk(running_system: RunningSystem) -> AsyncIterator[ApiClient]:
    """Sign in at the desk of a new station."""
    code, _ = await create_station(running_system)
    async with running_system.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)


@pytest.fixture(scope="module")
async def runtime(service: Service, module_database_urls: dict[str, str]) -> AsyncIterator[Runtime]:
    """Yield a replica of the package's service; its messages and deliveries stay queued."""
    async with open_replica(service, module_database_urls[service.name]) as replica:
        yield replica


@pytest.fixture
async def tx(runtime: Runtime) -> AsyncIterator[AsyncSession]:
    """Yield a transaction that is rolled back."""
    async with runtime.sessions() as session:
        yield session
        await session.rollback()


@pytest.fixture
def station() -> UUID:
    """Return the id of a station of this test alone."""
    return new_id()


@pytest.fixture
def client(runtime: Runtime, station: UUID) -> MakeClient:
    """Return a factory of clients of the replica."""
    return MakeClient(runtime, station)
