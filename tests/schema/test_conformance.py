"""Whatever is sent to the API, by whoever, is answered as its description says."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from shared.contracts.envelope import CONTENT_TYPE
from tests.intake.gateway.echo_server import serve
from tests.schema.fixtures import ApiFixtures, create_fixtures, make_jpeg
from tests.support.system import RunningSystem, open_transport, start_system

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# It ends the session of whoever asks; what it answers is tested where sessions are.
EXCLUDED_OPERATIONS = {"intake.sign_out"}
# An administrator may do what staff and operators may, and this besides.
PATH_BY_ROLE = {"admin": "/api/v1/publishers"}
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
MAX_EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}


@pytest.fixture(scope="module")
async def running_system(module_database_urls: dict[str, str]) -> AsyncIterator[RunningSystem]:
    """The three services, running."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            open_transport("in process", os.environ["LINLI_TEST_AMQP_URL"], "") as carried,
            start_system(module_database_urls, Path(folder), carried) as running,
        ):
            yield running


@pytest.fixture(scope="module")
async def address(running_system: RunningSystem) -> AsyncIterator[str]:
    """Where the gateway listens, for clients that know TCP only."""
    async with serve(running_system.intake.app, "127.0.0.1:0") as found:
        yield found


@pytest.fixture(scope="module")
async def api_fixtures(running_system: RunningSystem) -> AsyncIterator[ApiFixtures]:
    """A station where everything exists."""
    async with running_system.client() as client:
        yield await create_fixtures(running_system, client)


@pytest.fixture(scope="module")
async def operations(address: str) -> list[APIOperation[Any, Any, Any, Any]]:
    """What the merged description offers."""
    async with httpx.AsyncClient() as client:
        document = (await client.get(f"{address}/openapi.json")).json()
    assert document["x-unavailable"] == []
    # Who asks is the tests' to say, not to be made up.
    del document["components"]["securitySchemes"]
    for item in document["paths"].values():
        for operation in item.values():
            del operation["security"]
    found = list(schemathesis.openapi.from_dict(document).get_all_operations())
    offered = [result.ok() for result in found if isinstance(result, Ok)]
    return [one for one in offered if one.definition.raw["operationId"] not in EXCLUDED_OPERATIONS]


def use_real_ids(case: Case[Any], api_fixtures: ApiFixtures, choice: int) -> None:
    """Let ids that aren't meant to be wrong lead somewhere, in most of the examples."""
    ids = api_fixtures.ids
    if choice == 0:
        return
    if not _is_negative(case, ParameterLocation.HEADER) and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    parts = {
        ParameterLocation.PATH: case.path_parameters,
        ParameterLocation.QUERY: case.query,
        ParameterLocation.BODY: case.body,
    }
    for location, part in parts.items():
        if isinstance(part, dict) and not _is_negative(case, location):
            for name in part.keys() & ids.keys():
                part[name] = ids[name][choice % len(ids[name])]
            if choice % 2 and "on_behalf_of" in part:
                del part["on_behalf_of"]
    if choice % 2 and not _is_negative(case, ParameterLocation.BODY):
        case.body = _real_body(case, api_fixtures, choice)


def _real_body(case: Case[Any], api_fixtures: ApiFixtures, choice: int) -> Any:
    """What could well be sent where the description can't say all of it."""
    if case.media_type == "image/jpeg":
        return make_jpeg()
    if case.media_type == CONTENT_TYPE:
        return api_fixtures.make_event(choice)
    if case.media_type == BATCH_CONTENT_TYPE:
        return [api_fixtures.make_event(number) for number in range(choice)]
    return case.body


def _is_negative(case: Case[Any], location: ParameterLocation) -> bool:
    """Whether that part is meant to violate the description."""
    made = case.meta.components.get(location) if case.meta else None
    return made is not None and made.mode.is_negative


def assert_conforms(
    operation: Any, mode: GenerationMode, client: Any, api_fixtures: ApiFixtures, address: str
) -> None:
    """Send a few requests, and hold each answer against the description."""
    checks = [*CHECKS, negative_data_rejection] if mode.is_negative else CHECKS
    headers = {"Authorization": f"Bearer {client.token}"} if client else {}

    @settings(
        max_examples=MAX_EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), choice=st.integers(0, 7))
    def send(case: Case[Any], choice: int) -> None:
        use_real_ids(case, api_fixtures, choice)
        case.call_and_validate(base_url=address, headers=headers, checks=checks)

    send()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(
    "who", ["nobody", "resident", "volunteer", "staff", "operator", "publisher", "admin"]
)
async def test_answers_are_as_described(
    who: str, mode: GenerationMode, operations: list[Any], api_fixtures: ApiFixtures, address: str
) -> None:
    failures = []
    for operation in operations:
        if not operation.path.startswith(PATH_BY_ROLE.get(who, "")):
            continue
        try:
            await asyncio.to_thread(
                assert_conforms,
                operation,
                mode,
                api_fixtures.client_by_role[who],
                api_fixtures,
                address,
            )
        except Unsatisfiable:
            # Nothing is sent that could be wrong.
            assert mode.is_negative, operation.label
        except BaseExceptionGroup as group:
            failures += [f"{operation.label}: {error}" for error in group.exceptions]
    assert not failures, "\n\n".join(failures)
