"""A house in one process, for what the command line does to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.system import RunningSystem, open_transport, start_system


@pytest.fixture(scope="module")
async def running_system(module_database_urls: dict[str, str]) -> AsyncIterator[RunningSystem]:
    """The three services, running on databases of the module's own."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport("in process", "", "") as carried,
            start_system(module_database_urls, Path(folder), carried) as running,
        ):
            yield running
