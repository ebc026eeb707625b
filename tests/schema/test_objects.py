"""Over all operations: POSTs may be repeated, lists have pages, and stations see only their own."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.route_roles import ROLES_BY_ROUTE
from tests.schema.fixtures import ApiFixtures, create_fixtures
from tests.schema.walk import RepeatingTransport, change_everything
from tests.support.api_clients import ApiClient, eventually
from tests.support.openapi import API_PREFIX, Operation, list_operations, operation_ids
from tests.support.system import SERVICES, RunningSystem

OPERATIONS = list_operations()
LISTS = [operation for operation in OPERATIONS if operation.is_list]
READS = [one for one in OPERATIONS if one.method == "GET" and "{" in one.path]
# A session that ended can't ask again, events end by the clock, and a handover is made elsewhere.
NO_TRAIL = {"messages": [], "effects": [], "cut": False}
NOT_CHANGED = {
    "POST /sign-out",
    "POST /events/{event_id}/close",
    "POST /operations/{service}/messages/replays",
    "PUT /me/language",
}


UNFINISHED = text(
    "SELECT (SELECT count(*) FROM outbox)"
    " + (SELECT count(*) FROM inbox WHERE state NOT IN ('done', 'parked', 'skipped'))"
)


@dataclass(frozen=True)
class TwoStations:
    """A station in which everything was changed, every POST twice, and another station."""

    api_fixtures: ApiFixtures
    others: ApiFixtures
    changes: list[httpx.Request]

    @property
    def ids(self) -> set[str]:
        """The ids of the objects of the first station; its code is public."""
        return {
            id_ for name, ids in self.api_fixtures.ids.items() if name != "station" for id_ in ids
        }


@pytest.fixture(scope="module")
async def two_stations(running_system: RunningSystem) -> AsyncIterator[TwoStations]:
    """Create the objects of two stations."""
    socket = str(running_system.folder / "intake0.sock")
    transport = RepeatingTransport(httpx.AsyncHTTPTransport(uds=socket))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://station", timeout=30) as client,
        running_system.client() as other_client,
    ):
        api_fixtures = await create_fixtures(running_system, client)
        await change_everything(api_fixtures)
        others = await create_fixtures(running_system, other_client)
        for service in SERVICES:
            await eventually(partial(_is_quiet, running_system, service.name))
        yield TwoStations(api_fixtures, others, transport.changes)


async def _is_quiet(running_system: RunningSystem, service: str) -> bool:
    async with running_system.replicas[service][0].sessions() as tx:
        return not await tx.scalar(UNFINISHED)


def clients_of(api_fixtures: ApiFixtures, operation: Operation) -> list[ApiClient]:
    """Return the clients that may call an operation."""
    roles = ROLES_BY_ROUTE[operation.name]
    named = api_fixtures.client_by_role.items()
    return [client for name, client in named if client is not None and (not roles or name in roles)]


def find_operation(request: httpx.Request) -> Operation:
    """Return the operation of a request; literal paths go before those with parameters."""
    path = request.url.path.removeprefix(API_PREFIX)
    matching = [
        operation
        for operation in OPERATIONS
        if operation.method == request.method
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", operation.path), path)
    ]
    return min(matching, key=lambda operation: operation.path.count("{"))


def concrete_paths(operation: Operation, api_fixtures: ApiFixtures) -> list[str]:
    """Return a path for each id of the station that the last parameter may be."""
    *firsts, last = re.findall(r"\{(\w+)\}", operation.path) or [""]
    path = operation.path
    for name in firsts:
        path = path.replace(f"{{{name}}}", api_fixtures.ids[name][0])
    return [path.replace(f"{{{last}}}", id_) for id_ in api_fixtures.ids.get(last, [""])]


def test_every_change_is_made_and_repeated(two_stations: TwoStations) -> None:
    changed = {find_operation(request).name for request in two_stations.changes}
    assert changed | NOT_CHANGED == {one.name for one in OPERATIONS if one.method != "GET"}
    assert not changed & NOT_CHANGED


@pytest.mark.parametrize("operation", LISTS, ids=operation_ids(LISTS))
async def test_list_is_the_same_in_pages_of_one(
    operation: Operation, two_stations: TwoStations
) -> None:
    longest: list[Any] = []
    for client in clients_of(two_stations.api_fixtures, operation):
        for path in concrete_paths(operation, two_stations.api_fixtures):
            answer = await client.get(path)
            if answer.is_success and len(answer.json()) > len(longest):
                longest, reader, first = answer.json(), client, path
    assert len(longest) > 1, "the fixtures have too few items to see pages"
    items, link = [], f"{first}?limit=1"
    while link:
        answer = await reader.get(link)
        assert len(answer.json()) == 1
        items += answer.json()
        link = answer.links.get("next", {}).get("url", "").removeprefix(API_PREFIX)
    assert items == longest


@pytest.mark.parametrize("operation", READS, ids=operation_ids(READS))
async def test_object_of_another_station_cannot_be_read(
    operation: Operation, two_stations: TwoStations
) -> None:
    clients = clients_of(two_stations.others, operation)
    assert clients
    for client in clients:
        for path in concrete_paths(operation, two_stations.api_fixtures):
            answer = await client.get(path)
            if path.startswith("/operations/") and "/trail/" in path:
                assert answer.json() == NO_TRAIL
            else:
                assert answer.status_code == 404, (path, answer.text)


async def test_object_of_another_station_cannot_be_changed(two_stations: TwoStations) -> None:
    names = set()
    for request in two_stations.changes:
        operation = find_operation(request)
        content = await request.aread()
        if "{" not in operation.path and not any(
            id_.encode() in content for id_ in two_stations.ids
        ):
            continue
        names.add(operation.name)
        headers = {"Content-Type": request.headers["Content-Type"], "If-Match": "*"}
        for client in clients_of(two_stations.others, operation):
            path = request.url.path.removeprefix(API_PREFIX)
            answer = await client.call(request.method, path, content=content, headers=headers)
            assert answer.status_code == 404, (operation.name, path, answer.text)
    assert len(names) > 30


@pytest.mark.parametrize("operation", LISTS, ids=operation_ids(LISTS))
async def test_list_has_nothing_of_another_station(
    operation: Operation, two_stations: TwoStations
) -> None:
    for client in clients_of(two_stations.others, operation):
        for path in concrete_paths(operation, two_stations.others):
            answer = await client.get(f"{path}?limit=100")
            assert not [id_ for id_ in two_stations.ids if id_ in answer.text], path
