"""Over all operations: POSTs repeat their answer, lists have pages, stations see their own."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from shared.auth import Role
from tests.route_roles import ROLES_BY_ROUTE
from tests.schema.fixtures import ApiFixtures, create_fixtures
from tests.schema.walk import KEY, RepeatingTransport, change_everything
from tests.support.api_clients import ApiClient, eventually
from tests.support.openapi import API_PREFIX, Operation, list_operations, operation_ids
from tests.support.system import SERVICES, RunningSystem

OPERATIONS = list_operations()
LISTS = [operation for operation in OPERATIONS if operation.is_list]
READS = [one for one in OPERATIONS if one.method == "GET" and "{" in one.path]
NO_TRAIL = {"messages": [], "effects": [], "cut": False}
# A session that ended can't ask again, events end by the clock, and a handover is made elsewhere.
NOT_CHANGED = {
    "POST /sign-out",
    "POST /events/{event_id}/close",
    "POST /operations/{service}/messages/replays",
    "PUT /me/language",
}
READ_ONLY = "default_transaction_read_only"
UNFINISHED = text(
    "SELECT (SELECT count(*) FROM outbox)"
    " + (SELECT count(*) FROM inbox WHERE state NOT IN ('done', 'parked', 'skipped')"
    # A message that a newer version may know waits for a day.
    " AND error IS DISTINCT FROM 'no handler for this type')"
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
    """Return the clients that may call an operation; volunteers are residents too."""
    roles = ROLES_BY_ROUTE[operation.name] or frozenset(Role)
    if Role.RESIDENT in roles:
        roles |= {Role.VOLUNTEER}
    names = [role for role in api_fixtures.client_by_role if role in roles]
    assert names, "no client may call the operation"
    return [api_fixtures.client(name) for name in names]


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
    paths = [path.replace(f"{{{last}}}", id_) for id_ in api_fixtures.ids.get(last, [""])]
    assert paths, "the fixtures have no such id"
    return paths


async def read_in_pages_of_one(client: ApiClient, path: str) -> list[Any]:
    """Return the items of a list, which its links lead to one by one."""
    items: list[Any] = []
    links = [f"{path}?limit=1"]
    while links[-1]:
        answer = await client.get(links[-1])
        assert len(answer.json()) <= 1
        items += answer.json()
        links.append(answer.links.get("next", {}).get("url", "").removeprefix(API_PREFIX))
        assert links[-1] not in links[:-1], "the list leads in a circle"
    return items


def test_walk_repeats_every_operation_that_changes_something(two_stations: TwoStations) -> None:
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
            answer = await client.get(f"{path}?limit=100")
            if answer.is_success:
                # Other fields may change between two requests, as a heartbeat does.
                assert [one.get("id", one) for one in await read_in_pages_of_one(client, path)] == [
                    one.get("id", one) for one in answer.json()
                ]
                longest = max(longest, answer.json(), key=len)
    assert len(longest) > 1, "the fixtures have too few items to see pages"


@pytest.mark.parametrize("operation", READS, ids=operation_ids(READS))
async def test_object_of_another_station_cannot_be_read(
    operation: Operation, two_stations: TwoStations
) -> None:
    for client in clients_of(two_stations.others, operation):
        for path in concrete_paths(operation, two_stations.api_fixtures):
            answer = await client.get(path)
            if path.startswith("/operations/") and "/trail/" in path:
                assert answer.json() == NO_TRAIL
            else:
                assert answer.status_code == 404, (path, answer.text)


async def test_object_of_another_station_cannot_be_changed(two_stations: TwoStations) -> None:
    """Send each change again as the other station's person of the same role."""
    role_by_token = {
        client.token: role
        for role, client in two_stations.api_fixtures.client_by_role.items()
        if client is not None
    }
    ids = [id_.encode() for id_ in two_stations.ids]
    names = set()
    for change in two_stations.changes:
        role = role_by_token.get(change.headers.get("Authorization", "").removeprefix("Bearer "))
        path, content = change.url.path.removeprefix(API_PREFIX), await change.aread()
        operation = find_operation(change)
        in_path, in_body = "{" in operation.path, any(id_ in content for id_ in ids)
        if role is not None and (in_path or in_body):
            content_type = change.headers.get("Content-Type", "application/json")
            headers = {"Content-Type": content_type, "If-Match": "*"}
            stranger = two_stations.others.client(role)
            answer = await stranger.call(change.method, path, content=content, headers=headers)
            names.add(operation.name)
            if path.endswith("/handled"):
                assert answer.json() == {"handled": []}
            else:
                expected = (404,) if in_path else (404, 422)
                assert answer.status_code in expected, (change.method, path, answer.text)
    changes = {one.name for one in OPERATIONS if one.method != "GET" and "{" in one.path}
    assert names >= changes - NOT_CHANGED


@pytest.mark.parametrize("operation", LISTS, ids=operation_ids(LISTS))
async def test_list_has_nothing_of_another_station(
    operation: Operation, two_stations: TwoStations
) -> None:
    ids = two_stations.api_fixtures.ids
    named = [f"{name}={ids[name][0]}" for name in operation.parameters if name in ids]
    for client in clients_of(two_stations.others, operation):
        for path in concrete_paths(operation, two_stations.others):
            for query in ("limit=100", *named):
                answer = await client.get(f"{path}?{query}")
                assert not [id_ for id_ in two_stations.ids if id_ in answer.text], (path, query)


@pytest.mark.usefixtures("read_only_databases")
async def test_change_is_refused_as_unavailable_while_the_database_is_read_only(
    two_stations: TwoStations, running_system: RunningSystem
) -> None:
    statuses: dict[str, set[int]] = {}
    async with running_system.client() as client:
        for change in two_stations.changes:
            headers = {**change.headers, KEY: str(uuid4())}
            answer = await client.request(
                change.method, change.url, content=change.content, headers=headers
            )
            statuses.setdefault(find_operation(change).name, set()).add(answer.status_code)
            if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
                assert answer.headers["Retry-After"]
                assert answer.headers["Content-Type"] == "application/problem+json"
        ready = await client.get("/health/ready")
    # A state that has changed since then, or a session that has ended, is refused before.
    assert {status for some in statuses.values() for status in some} <= {401, 404, 409, 503}
    writes = {name for name, some in statuses.items() if HTTPStatus.SERVICE_UNAVAILABLE in some}
    assert len(writes) > len(statuses) / 2
    assert (ready.status_code, ready.json()["database"]) == (503, False)


@pytest.fixture
async def read_only_databases(running_system: RunningSystem, admin_url: str) -> AsyncIterator[None]:
    """Let the database of the services be read-only during a test."""
    database = running_system.intake.engine.url.database
    for setting in (f"SET {READ_ONLY} = on", f"RESET {READ_ONLY}"):
        connection = await asyncpg.connect(admin_url)
        await connection.execute(f"ALTER DATABASE {database} {setting}")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database
        )
        await connection.close()
        if setting.startswith("SET"):
            yield
