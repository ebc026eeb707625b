"""Every list of every service is an array that goes on where its Link header says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.bus.transport.in_process import InProcessTransport
from shared.runtime.runtime import Runtime
from tests.support.system import BINDINGS, SERVICES, settings

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


def descriptions() -> Iterator[dict[str, Any]]:
    """What each service says of itself."""
    for service in SERVICES:
        made = settings(service, NOWHERE, Path("/nowhere"))
        yield Runtime(service, made, InProcessTransport(BINDINGS)).app.openapi()


def reads() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Path, operation and schema of the answer of every read that answers with JSON."""
    for description in descriptions():
        schemas = description["components"]["schemas"]
        for path, item in description["paths"].items():
            answer = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            if "application/json" in answer:
                schema = answer["application/json"]["schema"]
                named = schemas.get(schema.get("$ref", "").rpartition("/")[2])
                yield path, item["get"], named or schema


def names(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", ())}


LISTS = [(path, operation) for path, operation, schema in reads() if schema.get("type") == "array"]


@pytest.mark.parametrize(("path", "operation"), LISTS, ids=[path for path, _ in LISTS])
def test_every_list_goes_on(path: str, operation: dict[str, Any]) -> None:
    assert {"after", "limit"} <= names(operation), path
    assert "Link" in operation["responses"]["200"]["headers"]


def test_the_lists_are_those_that_we_know() -> None:
    known = {path.removeprefix("/api/v1") for path, _ in LISTS}
    assert {"/wishes", "/residents", "/stations", "/inbox", "/points/me/entries"} <= known


def test_nothing_else_comes_in_pages() -> None:
    """No object wraps a page of items, which would be a second way of doing it."""
    for path, operation, schema in reads():
        if schema.get("type") != "array":
            assert not {"after", "limit"} & names(operation), path
            assert "items" not in schema.get("properties", {}), path
