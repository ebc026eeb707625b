"""Every list of every service is an array, with its next page in the Link header."""

import pytest

from tests.route_roles import some_role
from tests.support.openapi import Operation, list_operations, operation_ids
from tests.test_requests import invalid_fields

OPERATIONS = list_operations()
LISTS = [operation for operation in OPERATIONS if operation.is_list]
ALL_LISTS = pytest.mark.parametrize("operation", LISTS, ids=operation_ids(LISTS))


@ALL_LISTS
def test_every_list_is_paginated(operation: Operation) -> None:
    assert operation.parameters.keys() >= {"after", "limit"}
    assert "Link" in operation.description["responses"]["200"]["headers"]


@ALL_LISTS
@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=x",
        "limit=1e9",
        "limit=99999999999999999999",
    ],
)
async def test_list_refuses_an_invalid_page(operation: Operation, query: str) -> None:
    answer = await operation.call(some_role(operation.name), query=query)
    assert query.partition("=")[0] in invalid_fields(answer)


def test_lists_include_the_expected_paths() -> None:
    paths = {operation.path for operation in LISTS}
    assert {"/wishes", "/residents", "/stations", "/inbox", "/points/me/entries"} <= paths


def test_no_object_wraps_a_page_of_items() -> None:
    """Check that lists are the only way of paging."""
    for operation in OPERATIONS:
        if operation.answer is not None and not operation.is_list:
            assert not {"after", "limit"} & operation.parameters.keys(), operation.path
            assert "items" not in operation.answer.get("properties", {}), operation.path
