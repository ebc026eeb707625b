"""The gateway merges the documents of all services, also while one of them is down."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from services.intake.gateway import openapi
from services.intake.gateway.upstreams import PREFIXES, UPSTREAMS, is_under
from shared.errors import Unavailable
from tests.support.system import RunningSystem


@pytest.fixture
async def client(running_system: RunningSystem) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client without a session."""
    async with running_system.client() as session:
        yield session


def references(node: Any) -> Iterator[str]:
    """Yield every reference in a part of a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """List every operation with its method and path."""
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


async def test_the_document_is_public_at_both_paths(client: httpx.AsyncClient) -> None:
    answers = [await client.get(path) for path in ("/openapi.json", "/api/v1/openapi.json")]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["cache-control"] == "public, max-age=60"


async def test_the_document_has_the_paths_of_all_services(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    expected = (await client.get("/api/v1/openapi/intake.json")).json()["paths"].keys()
    assert expected < document["paths"].keys()
    forwarded = document["paths"].keys() - expected
    for prefix in (prefix for owned in PREFIXES.values() for prefix in owned):
        below = {path for path in forwarded if is_under(path, (prefix,))}
        assert below
        forwarded -= below
    assert not forwarded
    assert document["x-unavailable"] == []


async def test_every_reference_resolves(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    named = {reference.removeprefix("#/components/schemas/") for reference in references(document)}
    assert named <= schemas.keys()
    owners = {name.partition(".")[0] for name in schemas}
    assert owners == {"intake", "volunteers", "notify", "Problem"}


async def test_operation_ids_are_unique(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    assert {"intake.get_wish", "volunteers.me", "notify.read_inbox"} <= set(ids)


async def test_operations_list_their_problems_and_headers(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    edit = paths["/api/v1/residents/{resident_id}"]["put"]
    assert {"400", "401", "403", "404", "409", "412", "413", "422", "428", "429", "503"} <= set(
        edit["responses"]
    )
    assert "ETag" in edit["responses"]["200"]["headers"]
    assert {one["name"] for one in edit["parameters"]} == {"resident_id", "If-Match"}
    assert edit["security"] == [{"session": []}]
    post = paths["/api/v1/volunteers"]["post"]
    assert "Idempotency-Key" in {one["name"] for one in post["parameters"]}
    for method, path, operation in operations({"paths": paths}):
        for status, answer in operation["responses"].items():
            if status >= "400":
                assert answer["content"].keys() == {"application/problem+json"}, (method, path)


async def test_only_operations_of_publishers_accept_keys(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    schemes = document["components"]["securitySchemes"]
    assert schemes.keys() == {"session", "key"}
    assert {scheme["scheme"] for scheme in schemes.values()} == {"bearer"}
    with_key = {path for _, path, one in operations(document) if {"key": []} in one["security"]}
    assert with_key == {"/api/v1/messages", "/api/v1/messages/{key}"}


async def test_the_last_good_copy_stays_while_a_service_is_down(
    running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = running_system.intake.app
    merged = openapi.MergedOpenApi(app.openapi, UPSTREAMS.get(app.state))
    monkeypatch.setattr(openapi, "FRESH_FOR_SECONDS", 0)
    fetch_openapi = UPSTREAMS.get(app.state).fetch_openapi

    async def without_notify(service: str) -> httpx.Response:
        if service == "notify":
            raise Unavailable
        answer: httpx.Response = await fetch_openapi(service)
        return answer

    monkeypatch.setattr(UPSTREAMS.get(app.state), "fetch_openapi", without_notify)
    incomplete = await merged.current()
    assert incomplete["x-unavailable"] == ["notify"]
    assert "/api/v1/inbox" not in incomplete["paths"]
    assert "/api/v1/rules" in incomplete["paths"]
    monkeypatch.setattr(UPSTREAMS.get(app.state), "fetch_openapi", fetch_openapi)
    complete = await merged.current()
    assert complete["x-unavailable"] == []
    monkeypatch.setattr(UPSTREAMS.get(app.state), "fetch_openapi", without_notify)
    assert await merged.current() == complete
