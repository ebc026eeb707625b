"""A deployment on a RabbitMQ of its own, and the examples for it."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.guides.examples import beside
from tests.guides.partner_client import GRANTS, Machine, admitted, tell_the_broker
from tests.support.api_clients import Person, sign_in
from tests.support.rabbitmq import NoBroker, Node, private_node
from tests.support.station import PASSWORD, found_station
from tests.support.system import House, opened, transport


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A broker whose users are the tests' own."""
    try:
        with private_node() as started:
            yield started
    except NoBroker as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
async def house(node: Node, module_database_urls: dict[str, str]) -> AsyncIterator[House]:
    """The three services on that broker."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            transport("rabbit", node.url, "") as carried,
            opened(module_database_urls, Path(folder), carried) as running,
        ):
            yield running


@pytest.fixture(scope="module")
async def admin(house: House) -> AsyncIterator[Person]:
    """The administrator of a station."""
    async with house.client() as client:
        code, _ = await found_station(house)
        yield await sign_in(client, station=code, username="admin", password=PASSWORD)


@pytest.fixture(scope="module")
async def desk(admin: Person) -> Person:
    """Somebody at that station's desk."""
    return await sign_in(admin.client, station=admin.station, username="desk", password=PASSWORD)


@pytest.fixture(scope="module")
async def machine(house: House, node: Node, admin: Person) -> Machine:
    """A machine that may publish and read, and the broker knows it."""
    made = await admitted(admin, node, GRANTS)
    await tell_the_broker(house, node)
    return made


@pytest.fixture(scope="module", params=["py", "mjs"])
def examples(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """The examples in one language, by name."""
    with TemporaryDirectory(prefix="linli") as folder:
        beside(Path(folder))
        where = "" if request.param == "py" else f"{folder}/"
        yield lambda name: f"{where}{name}.{request.param}"
