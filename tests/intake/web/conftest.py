"""A station that is open, and visitors who ask for its pages without JavaScript."""

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.intake.web.page_client import Visitor
from tests.support.station import PASSWORD, Place, open_place
from tests.support.system import opened, transport


@pytest.fixture(scope="module")
async def place(module_database_urls: dict[str, str]) -> AsyncIterator[Place]:
    """The three services in one process, and a station."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            transport("in process", os.environ["LINLI_TEST_AMQP_URL"], "") as carried,
            opened(module_database_urls, Path(folder), carried) as house,
        ):
            yield await open_place(house)


@pytest.fixture
async def anybody(place: Place) -> AsyncIterator[Visitor]:
    """Somebody who isn't signed in."""
    async with place.house.client() as client:
        yield Visitor(client)


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Visitor]:
    """Somebody at the desk."""
    async with place.house.client() as client:
        visitor = Visitor(client)
        await visitor.send("/sign-in/password", username="desk", password=PASSWORD)
        yield visitor


@pytest.fixture
async def wisher(place: Place, desk: Visitor) -> AsyncIterator[Visitor]:
    """A resident, signed in with a slip."""
    async for visitor in _with_slip(place, desk, "19900000001"):
        yield visitor


@pytest.fixture
async def neighbour(place: Place, desk: Visitor) -> AsyncIterator[Visitor]:
    """Another resident, signed in with a slip."""
    async for visitor in _with_slip(place, desk, "19900000003"):
        yield visitor


async def _with_slip(place: Place, desk: Visitor, phone: str) -> AsyncIterator[Visitor]:
    page = await desk.send(f"/desk/residents/{place.people[phone]}/slip")
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page.text)
    assert code is not None
    async with place.house.client() as client:
        visitor = Visitor(client)
        await visitor.send("/sign-in/slip", slip=code.group())
        yield visitor
