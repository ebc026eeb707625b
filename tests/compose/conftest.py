"""The deployment, started once for all of these tests, and a station in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.compose.deployment import STARTUP_TIMEOUT_SECONDS, Deployment
from tests.support.api_clients import ApiClient, sign_in
from tests.support.station import PASSWORD

_failed: list[str] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the journeys that need the services in the tests' own process."""
    deselected = [one for one in items if "running_system" in getattr(one, "fixturenames", ())]
    config.hook.pytest_deselected(items=deselected)
    items[:] = [one for one in items if one not in deselected]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Record which tests failed, so that the containers' logs are printed before their removal."""
    report = yield
    if report.failed:
        _failed.append(item.nodeid)
    return report


@pytest.fixture(scope="session")
async def deployment(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> AsyncIterator[Deployment]:
    """The whole deployment with its replicas, removed at the end whatever happens."""
    prepared = await Deployment.prepare(Path(tmp_path_factory.mktemp("deployment")))
    await prepared.down()
    try:
        async with asyncio.timeout(STARTUP_TIMEOUT_SECONDS):
            await prepared.up()
        yield prepared
    except BaseException:
        _failed.append("deployment")
        raise
    finally:
        if _failed:
            logged = await prepared.logs()
            pytestconfig.get_terminal_writer().write(f"\n{logged}\n")
        await prepared.down()


@pytest.fixture(scope="session")
async def client(deployment: Deployment) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the edge."""
    async with await deployment.client() as client:
        yield client


async def _create_station(deployment: Deployment, client: httpx.AsyncClient) -> ApiClient:
    code = f"station-{uuid4().hex[:8]}"
    await deployment.add_station(code, PASSWORD)
    return await sign_in(client, station=code, username="admin", password=PASSWORD)


async def _create_desk(admin: ApiClient) -> ApiClient:
    account = {"username": "desk", "display_name": "窗口", "role": "staff", "password": PASSWORD}
    await admin.post_ok("/accounts", account)
    return await sign_in(admin.client, station=admin.station, username="desk", password=PASSWORD)


@pytest.fixture(scope="session")
async def operator(deployment: Deployment, client: httpx.AsyncClient) -> ApiClient:
    """The administrator of a new station, who sees its deliveries as its operator does."""
    return await _create_station(deployment, client)


@pytest.fixture(scope="session")
async def desk(operator: ApiClient) -> ApiClient:
    """Somebody at the desk of that station."""
    return await _create_desk(operator)


@pytest.fixture(scope="session")
async def other_desk(deployment: Deployment, client: httpx.AsyncClient) -> ApiClient:
    """Somebody at the desk of another station."""
    return await _create_desk(await _create_station(deployment, client))


@pytest.fixture(scope="module")
async def hasty_desk(deployment: Deployment, client: httpx.AsyncClient) -> AsyncIterator[ApiClient]:
    """Somebody at the desk of a station for one module's load; their client has a short timeout."""
    desk = await _create_desk(await _create_station(deployment, client))
    async with await deployment.client(timeout_seconds=4) as hasty:
        yield replace(desk, client=hasty)


@pytest.fixture(scope="session")
def backdate_check_in(deployment: Deployment) -> Callable[[str, int], Awaitable[None]]:
    """A function that moves a participation's check-in so many minutes into the past."""

    async def backdate(participation: str, minutes: int) -> None:
        await deployment.run_sql(
            "UPDATE intake.participations SET checked_in_at = checked_in_at"
            f" - {minutes} * interval '1 minute' WHERE id = '{participation}'"
        )

    return backdate
