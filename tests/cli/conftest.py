"""A house in one process, for what the command line does to it."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.system import House, opened, transport


@pytest.fixture(scope="module")
async def house(module_database_urls: dict[str, str]) -> AsyncIterator[House]:
    """The three services, running on databases of the module's own."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            transport("in process", "", "") as carried,
            opened(module_database_urls, Path(folder), carried) as running,
        ):
            yield running
