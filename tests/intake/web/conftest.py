"""A running station, and visitors who request its pages without JavaScript."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.support.page_client import PageClient
from tests.support.station import PASSWORD, StationFixture


@pytest.fixture
async def anonymous(demo_station: StationFixture) -> AsyncIterator[PageClient]:
    """Return a visitor who isn't signed in."""
    async with demo_station.system.client() as client:
        yield PageClient(client)


@pytest.fixture
async def desk(demo_station: StationFixture) -> AsyncIterator[PageClient]:
    """Return a visitor signed in as staff."""
    async with demo_station.system.client() as client:
        visitor = PageClient(client)
        await visitor.submit("/sign-in/password", username="desk", password=PASSWORD)
        yield visitor


@pytest.fixture
async def wisher(demo_station: StationFixture, desk: PageClient) -> AsyncIterator[PageClient]:
    """Return a resident, signed in with a slip."""
    async for visitor in _sign_in_with_slip(demo_station, desk, "19900000001"):
        yield visitor


@pytest.fixture
async def neighbour(demo_station: StationFixture, desk: PageClient) -> AsyncIterator[PageClient]:
    """Return another resident, signed in with a slip."""
    async for visitor in _sign_in_with_slip(demo_station, desk, "19900000003"):
        yield visitor


async def _sign_in_with_slip(
    demo_station: StationFixture, desk: PageClient, phone: str
) -> AsyncIterator[PageClient]:
    page = await desk.submit(f"/desk/residents/{demo_station.people[phone]}/slip")
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page.text)
    assert code is not None
    async with demo_station.system.client() as client:
        visitor = PageClient(client)
        await visitor.submit("/sign-in/slip", slip=code.group())
        yield visitor
