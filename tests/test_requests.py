"""Every operation refuses ids, parameters and bodies that are invalid, and names them."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.route_roles import some_role
from tests.support.openapi import Operation, list_operations, operation_ids

UNREADABLE = "This has characters that can't be shown"
TYPES = ("uuid", "enum", "boolean", "integer", "date")
OPERATIONS = list_operations()
WITH_IDS = [operation for operation in OPERATIONS if "{" in operation.path]
WITH_JSON = [operation for operation in OPERATIONS if operation.takes_json]
ALL_WITH_JSON = pytest.mark.parametrize("operation", WITH_JSON, ids=operation_ids(WITH_JSON))
MALFORMED_BODIES = {
    "no JSON": b"{",
    "a word": b"word",
    "an array": b"[]",
    "a number": b"12",
    "a text": b'"x"',
    "bad UTF-8": b'{"reason": "\xff\xfe"}',
    "not a number": b'{"reason": NaN}',
    "deep nesting": b"[" * 30_000,
}
UNREADABLE_BODIES = {
    "NUL": b'{"x": "a\\u0000b"}',
    "an escape": b'{"x": "a\\u001bb"}',
    "a lone surrogate": b'{"x": "\\ud800"}',
    "blanks without a width": b'{"x": "\\u200b\\u200b"}',
    "a turned direction": b'{"x": "a\\u202eb"}',
    "a nested NUL": b'{"x": ["a", {"b\\u0000": "c"}]}',
}


def typed_queries() -> Iterator[Any]:
    """Yield each operation with the name of each query parameter that isn't any text."""
    for operation in OPERATIONS:
        for name, parameter in operation.parameters.items():
            schema = str(parameter["schema"])
            is_typed = any(
                word in schema for word in ("uuid", "enum", "boolean", "integer", "date")
            )
            if parameter["in"] == "query" and is_typed:
                yield pytest.param(operation, name, id=f"{operation.name} {name}")


def invalid_fields(answer: httpx.Response) -> dict[str, str]:
    """Return the fields of a request that the problem details refuse, with the reasons."""
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {error["field"]: error["detail"] for error in answer.json()["errors"]}


@pytest.mark.parametrize("operation", OPERATIONS, ids=operation_ids(OPERATIONS))
async def test_unknown_parameter_is_refused(operation: Operation) -> None:
    answer = await operation.call(some_role(operation.name), query="colour=red")
    assert "colour" in invalid_fields(answer)


@pytest.mark.parametrize(("operation", "name"), list(typed_queries()))
@pytest.mark.parametrize("value", ["lost", "%ff"])
async def test_parameter_of_another_type_is_refused(
    operation: Operation, name: str, value: str
) -> None:
    answer = await operation.call(some_role(operation.name), query=f"{name}={value}")
    assert name in {field.partition(".")[0] for field in invalid_fields(answer)}


@pytest.mark.parametrize(("operation", "name"), list(typed_queries()))
async def test_unreadable_parameter_is_refused(operation: Operation, name: str) -> None:
    answer = await operation.call(some_role(operation.name), query=f"{name}=%00")
    assert invalid_fields(answer)


@pytest.mark.parametrize("operation", WITH_IDS, ids=operation_ids(WITH_IDS))
@pytest.mark.parametrize("id_", ["1", "null", "' OR 1=1", "%00", "0" * 5000, "🙂"])
async def test_path_without_a_valid_id_is_refused(operation: Operation, id_: str) -> None:
    answer = await operation.call(some_role(operation.name), path_value=id_)
    *_, name = re.findall(r"\{(\w+)\}", operation.path)
    assert name in invalid_fields(answer)


@ALL_WITH_JSON
async def test_unknown_field_is_refused(operation: Operation) -> None:
    answer = await operation.call(some_role(operation.name), content=b'{"surprise": 1}')
    assert "surprise" in invalid_fields(answer)


@ALL_WITH_JSON
@pytest.mark.parametrize("kind", UNREADABLE_BODIES)
async def test_unreadable_text_is_refused(operation: Operation, kind: str) -> None:
    answer = await operation.call(some_role(operation.name), content=UNREADABLE_BODIES[kind])
    assert UNREADABLE in invalid_fields(answer).values()


@ALL_WITH_JSON
@pytest.mark.parametrize("kind", MALFORMED_BODIES)
async def test_malformed_body_is_refused(operation: Operation, kind: str) -> None:
    answer = await operation.call(some_role(operation.name), content=MALFORMED_BODIES[kind])
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@ALL_WITH_JSON
@pytest.mark.parametrize("type_", ["text/plain", "application/xml", "multipart/form-data", "x"])
async def test_body_of_another_content_type_is_refused(operation: Operation, type_: str) -> None:
    answer = await operation.call(some_role(operation.name), content_type=type_)
    assert answer.status_code in (415, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
