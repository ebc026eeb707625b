"""The services and a station in them, over each transport."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text

from tests.support.api_clients import ApiClient, sign_in
from tests.support.station import PASSWORD, create_station
from tests.support.system import RunningSystem, TransportKind

BACKDATE_CHECK_IN_SQL = text(
    "UPDATE participations SET checked_in_at = checked_in_at - :minutes * interval '1 minute'"
    " WHERE id = CAST(:id AS uuid)"
)


@pytest.fixture(params=["in process", "rabbit"], scope="module")
def kind(request: pytest.FixtureRequest) -> TransportKind:
    """The transport; each journey runs over both."""
    transport_kind: TransportKind = request.param
    return transport_kind


@pytest.fixture
def backdate_check_in(running_system: RunningSystem) -> Callable[[str, int], Awaitable[None]]:
    """A function that moves a participation's check-in so many minutes into the past."""

    async def backdate(participation: str, minutes: int) -> None:
        async with running_system.intake.sessions.begin() as tx:
            await tx.execute(BACKDATE_CHECK_IN_SQL, {"id": participation, "minutes": minutes})

    return backdate


@pytest.fixture
async def operator(desk: ApiClient) -> ApiClient:
    """The operator of the desk's station."""
    return await sign_in(desk.client, station=desk.station, username="operator", password=PASSWORD)


@pytest.fixture
async def other_desk(running_system: RunningSystem) -> AsyncIterator[ApiClient]:
    """Somebody at the desk of another station on the same system."""
    code, _ = await create_station(running_system)
    async with running_system.client() as client:
        yield await sign_in(client, station=code, username="desk", password=PASSWORD)
