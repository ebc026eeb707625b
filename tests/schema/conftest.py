"""The gateway of a running system as generic suites use it: its operations and its objects."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import schemathesis
from schemathesis import APIOperation
from schemathesis.core.result import Ok

from tests.intake.gateway.echo_server import serve
from tests.schema.fixtures import ApiFixtures, create_fixtures
from tests.support.api_clients import DEFAULT_TIMEOUT_SECONDS
from tests.support.system import RunningSystem

# Signing out would end the session of the role; the tests of sign-in cover it.
EXCLUDED_OPERATIONS = {"intake.sign_out"}


@pytest.fixture(scope="module")
async def address(running_system: RunningSystem) -> AsyncIterator[str]:
    """The gateway's URL, for clients that know TCP only."""
    async with serve(running_system.intake.app, "127.0.0.1:0") as url:
        yield url


@pytest.fixture(scope="module")
async def api_fixtures(running_system: RunningSystem) -> AsyncIterator[ApiFixtures]:
    """A station with every kind of object."""
    async with running_system.client() as client:
        yield await create_fixtures(running_system, client)


@pytest.fixture(scope="module")
async def operations(address: str) -> list[APIOperation[Any, Any, Any, Any]]:
    """The operations of the merged description."""
    async with httpx.AsyncClient(timeout=DEFAULT_TIMEOUT_SECONDS) as client:
        document = (await client.get(f"{address}/openapi.json")).json()
    assert document["x-unavailable"] == []
    # The tests choose the credentials; schemathesis must not generate them.
    del document["components"]["securitySchemes"]
    for item in document["paths"].values():
        for operation in item.values():
            del operation["security"]
    results = list(schemathesis.openapi.from_dict(document).get_all_operations())
    parsed = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(parsed) == len(results) > 0
    return [one for one in parsed if one.definition.raw["operationId"] not in EXCLUDED_OPERATIONS]
