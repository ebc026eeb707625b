"""Requests are limited by person, by anonymous address, and by address."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from fastapi import Request

from services.intake.main import SERVICE
from shared.bus.transport.in_process import InProcessTransport
from shared.runtime.runtime import Runtime
from shared.runtime.server import listen, serving
from shared.web.client_ip import network_of
from tests.intake.station_client import StationClient
from tests.support.settings import make_settings

RATE_SETTINGS = {"rate_person": 4, "rate_anonymous": 2, "rate_address": 20}
ADDRESS, OTHER_ADDRESS = "192.0.2.1", "198.51.100.7"
MakeClient = Callable[..., httpx.AsyncClient]
# A minute that ends during a test would make room for more.
pytestmark = pytest.mark.usefixtures("window_clock")


@pytest.fixture
async def rate_limited_runtime(intake_url: str) -> AsyncIterator[Runtime]:
    """Yield a replica with small limits."""
    replica = Runtime(
        SERVICE,
        make_settings(SERVICE, intake_url, **RATE_SETTINGS),
        InProcessTransport({"intake": frozenset()}),
    )
    yield replica
    await replica.close()


@pytest.fixture
async def client(rate_limited_runtime: Runtime) -> AsyncIterator[MakeClient]:
    """Yield a function that makes clients at an address."""
    async with AsyncExitStack() as stack:

        def make(address: str = ADDRESS, token: str = "") -> httpx.AsyncClient:
            transport = httpx.ASGITransport(rate_limited_runtime.app, client=(address, 5))
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            http_client = httpx.AsyncClient(
                transport=transport, base_url="http://station", headers=headers
            )
            stack.push_async_callback(http_client.aclose)
            return http_client

        yield make


@pytest.fixture
async def station_client(runtime: Runtime) -> AsyncIterator[StationClient]:
    """Yield a client of a station at another replica."""
    transport = httpx.ASGITransport(app=runtime.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as http_client:
        yield await StationClient.create(runtime, http_client)


async def get_statuses(client: httpx.AsyncClient, path: str, times: int) -> list[int]:
    """Send that many requests in turn; return the statuses of the answers."""
    return [(await client.get(path)).status_code for _ in range(times)]


async def test_anonymous_requests_are_counted_by_address(client: MakeClient) -> None:
    assert await get_statuses(client(ADDRESS), "/api/v1/stations", 3) == [200, 200, 429]
    assert await get_statuses(client(OTHER_ADDRESS), "/api/v1/stations", 1) == [200]


async def test_a_refusal_has_the_seconds_to_wait(client: MakeClient) -> None:
    await get_statuses(client(), "/api/v1/stations", 2)
    answer = await client().get("/api/v1/stations")
    assert answer.headers["content-type"] == "application/problem+json"
    # The rest of this minute, and then until this minute's requests have left enough room.
    assert 1 <= int(answer.headers["retry-after"]) <= 121


async def test_a_person_is_counted_at_all_addresses_together(
    client: MakeClient, station_client: StationClient
) -> None:
    token = station_client.desk.token
    assert await get_statuses(client(ADDRESS, token), "/api/v1/me", 2) == [200, 200]
    assert await get_statuses(client(OTHER_ADDRESS, token), "/api/v1/me", 3) == [200, 200, 429]


async def test_people_at_one_address_are_counted_separately(
    client: MakeClient, station_client: StationClient
) -> None:
    for token in (station_client.desk.token, station_client.admin.token):
        assert await get_statuses(client(ADDRESS, token), "/api/v1/me", 4) == [200] * 4


async def test_false_tokens_count_as_anonymous(client: MakeClient) -> None:
    statuses = [
        await get_statuses(client(ADDRESS, f"false-{n}"), "/api/v1/me", 1) for n in range(3)
    ]
    assert statuses == [[401], [401], [429]]


async def test_a_flood_from_one_address_is_stopped_whoever_sends_it(
    client: MakeClient, station_client: StationClient
) -> None:
    await get_statuses(client(), "/api/v1/stations", RATE_SETTINGS["rate_address"])
    assert await get_statuses(client(ADDRESS, station_client.desk.token), "/api/v1/me", 1) == [429]
    assert await get_statuses(
        client(OTHER_ADDRESS, station_client.desk.token), "/api/v1/me", 1
    ) == [200]


async def test_pages_are_counted_and_static_files_are_not(client: MakeClient) -> None:
    assert 429 in await get_statuses(client(), "/sign-in", 3)
    for path in ("/health/live", "/metrics", "/static/linli.css"):
        assert 429 not in await get_statuses(client(), path, 3)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("odd", "odd"),
    ],
)
def test_addresses_of_one_household_are_one_network(host: str, network: str) -> None:
    assert network_of(cast(Request, SimpleNamespace(client=SimpleNamespace(host=host)))) == network


@pytest.mark.parametrize(("trusted", "expected"), [("127.0.0.0/8", 200), ("", 429)])
async def test_only_a_trusted_proxy_sets_the_client_s_address(
    intake_url: str, trusted: str, expected: int
) -> None:
    settings = make_settings(SERVICE, intake_url, **RATE_SETTINGS, trusted_proxies=trusted)
    runtime = Runtime(SERVICE, settings, InProcessTransport({"intake": frozenset()}))
    listening = listen("127.0.0.1:0")
    port = listening.getsockname()[1]
    async with (
        serving([runtime], [listening]),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        last = 0
        for number in range(3):
            headers = {"X-Forwarded-For": f"203.0.113.{number}"}
            last = (await client.get("/api/v1/stations", headers=headers)).status_code
    assert last == expected
