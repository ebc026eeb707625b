"""A deployment on a RabbitMQ of its own, and the examples for it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.guides.examples import copy_node_examples
from tests.guides.partner_client import (
    GRANTS,
    PartnerClient,
    create_partner_client,
    import_broker_users,
)
from tests.support.api_clients import ApiClient, sign_in
from tests.support.rabbitmq import NoBroker, Node, private_node
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, open_transport, start_system


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A broker of the tests' own, whose users they may change."""
    try:
        with private_node() as started:
            yield started
    except NoBroker as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
async def running_system(
    node: Node, module_database_urls: dict[str, str]
) -> AsyncIterator[RunningSystem]:
    """The three services on that broker."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport("rabbit", node.url, "") as transport,
            start_system(module_database_urls, Path(folder), transport) as running,
        ):
            yield running


@pytest.fixture(scope="module")
async def admin(running_system: RunningSystem) -> AsyncIterator[ApiClient]:
    """The administrator of a station."""
    async with running_system.client() as client:
        code, _ = await create_station(running_system)
        yield await sign_in(client, station=code, username="admin", password=PASSWORD)


@pytest.fixture(scope="module")
async def desk(admin: ApiClient) -> ApiClient:
    """Somebody at the desk of that station."""
    return await sign_in(admin.client, station=admin.station, username="desk", password=PASSWORD)


@pytest.fixture(scope="module")
async def partner_client(
    running_system: RunningSystem, node: Node, admin: ApiClient
) -> PartnerClient:
    """A publisher with all grants, whose user the broker has."""
    client = await create_partner_client(admin, node, GRANTS)
    await import_broker_users(running_system, node)
    return client


@pytest.fixture(scope="module", params=["py", "mjs"])
def examples(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """The examples in one language, by name."""
    with TemporaryDirectory(prefix="linli") as folder:
        copy_node_examples(Path(folder))
        folder_prefix = "" if request.param == "py" else f"{folder}/"
        yield lambda name: f"{folder_prefix}{name}.{request.param}"
