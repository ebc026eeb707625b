"""Every list of every service is an array, with its next page in the Link header."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.bus.transport.in_process import InProcessTransport
from shared.runtime.runtime import Runtime
from tests.support.system import BINDINGS, SERVICES, make_settings

UNREACHABLE_URL = "postgresql://nobody@127.0.0.1:9/nothing"


def openapi_documents() -> Iterator[dict[str, Any]]:
    """Yield the OpenAPI document of each service."""
    for service in SERVICES:
        settings = make_settings(service, UNREACHABLE_URL, Path("/nowhere"))
        yield Runtime(service, settings, InProcessTransport(BINDINGS)).app.openapi()


def list_reads() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield path, operation and response schema of every GET that answers with JSON."""
    for description in openapi_documents():
        schemas = description["components"]["schemas"]
        for path, item in description["paths"].items():
            answer = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            if "application/json" in answer:
                schema = answer["application/json"]["schema"]
                named = schemas.get(schema.get("$ref", "").rpartition("/")[2])
                yield path, item["get"], named or schema


def parameter_names(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", ())}


LIST_OPERATIONS = [
    (path, operation) for path, operation, schema in list_reads() if schema.get("type") == "array"
]


@pytest.mark.parametrize(
    ("path", "operation"), LIST_OPERATIONS, ids=[path for path, _ in LIST_OPERATIONS]
)
def test_every_list_is_paginated(path: str, operation: dict[str, Any]) -> None:
    assert {"after", "limit"} <= parameter_names(operation), path
    assert "Link" in operation["responses"]["200"]["headers"]


def test_lists_include_the_expected_paths() -> None:
    paths = {path.removeprefix("/api/v1") for path, _ in LIST_OPERATIONS}
    assert {"/wishes", "/residents", "/stations", "/inbox", "/points/me/entries"} <= paths


def test_no_object_wraps_a_page_of_items() -> None:
    """Check that lists are the only way of paging."""
    for path, operation, schema in list_reads():
        if schema.get("type") != "array":
            assert not {"after", "limit"} & parameter_names(operation), path
            assert "items" not in schema.get("properties", {}), path
