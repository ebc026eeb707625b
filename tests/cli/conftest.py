"""A running system, the environment of the command line, and a person at the desk."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.cli.invariants import environment
from tests.support.api_clients import Person, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, open_transport, start_system


@pytest.fixture(scope="module")
async def running_system(module_database_urls: dict[str, str]) -> AsyncIterator[RunningSystem]:
    """Run the three services on databases of the module's own."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport("in process", "", "") as transport,
            start_system(module_database_urls, Path(folder), transport) as system,
        ):
            yield system


@pytest.fixture
def cli_environment(running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment in which the command line reaches the system."""
    monkeypatch.setenv("LOGNAME", "wang")
    for name, value in environment(running_system).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
async def desk(running_system: RunningSystem) -> AsyncIterator[Person]:
    """Sign in at the desk of a new station."""
    code, _ = await create_station(running_system)
    async with running_system.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)
