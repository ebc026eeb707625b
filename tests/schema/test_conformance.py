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
from tests.intake.gateway.echo_server import served
from tests.schema.fixtures import Ground, laid, picture
from tests.support.system import House, opened, transport

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# It ends the session of whoever asks; what it answers is tested where sessions are.
LEFT_OUT = {"intake.sign_out"}
# An administrator may do what staff and operators may, and this besides.
PATHS = {"admin": "/api/v1/publishers"}
BATCH = "application/cloudevents-batch+json"
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}


@pytest.fixture(scope="module")
async def house(module_database_urls: dict[str, str]) -> AsyncIterator[House]:
    """The three services, running."""
    with TemporaryDirectory(prefix="linli") as folder:
        async with (
            transport("in process", os.environ["LINLI_TEST_AMQP_URL"], "") as carried,
            opened(module_database_urls, Path(folder), carried) as running,
        ):
            yield running


@pytest.fixture(scope="module")
async def address(house: House) -> AsyncIterator[str]:
    """Where the gateway listens, for clients that know TCP only."""
    async with served(house.intake.app, "127.0.0.1:0") as found:
        yield found


@pytest.fixture(scope="module")
async def ground(house: House) -> AsyncIterator[Ground]:
    """A station where everything exists."""
    async with house.client() as client:
        yield await laid(house, client)


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
    return [one for one in offered if one.definition.raw["operationId"] not in LEFT_OUT]


def with_real_ids(case: Case[Any], ground: Ground, choice: int) -> None:
    """Let ids that aren't meant to be wrong lead somewhere, in most of the examples."""
    ids = ground.ids
    if choice == 0:
        return
    if not _is_wrong(case, ParameterLocation.HEADER) and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    parts = {
        ParameterLocation.PATH: case.path_parameters,
        ParameterLocation.QUERY: case.query,
        ParameterLocation.BODY: case.body,
    }
    for location, part in parts.items():
        if isinstance(part, dict) and not _is_wrong(case, location):
            for name in part.keys() & ids.keys():
                part[name] = ids[name][choice % len(ids[name])]
            if choice % 2 and "on_behalf_of" in part:
                del part["on_behalf_of"]
    if choice % 2 and not _is_wrong(case, ParameterLocation.BODY):
        case.body = _real_body(case, ground, choice)


def _real_body(case: Case[Any], ground: Ground, choice: int) -> Any:
    """What could well be sent where the description can't say all of it."""
    if case.media_type == "image/jpeg":
        return picture()
    if case.media_type == CONTENT_TYPE:
        return ground.event(choice)
    if case.media_type == BATCH:
        return [ground.event(number) for number in range(choice)]
    return case.body


def _is_wrong(case: Case[Any], location: ParameterLocation) -> bool:
    """Whether that part is meant to violate the description."""
    made = case.meta.components.get(location) if case.meta else None
    return made is not None and made.mode.is_negative


def conforms(operation: Any, mode: GenerationMode, who: Any, ground: Ground, address: str) -> None:
    """Send a few requests, and hold each answer against the description."""
    checks = [*CHECKS, negative_data_rejection] if mode.is_negative else CHECKS
    headers = {"Authorization": f"Bearer {who.token}"} if who else {}

    @settings(
        max_examples=EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), choice=st.integers(0, 7))
    def send(case: Case[Any], choice: int) -> None:
        with_real_ids(case, ground, choice)
        case.call_and_validate(base_url=address, headers=headers, checks=checks)

    send()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(
    "who", ["nobody", "resident", "volunteer", "staff", "operator", "publisher", "admin"]
)
async def test_answers_are_as_described(
    who: str, mode: GenerationMode, operations: list[Any], ground: Ground, address: str
) -> None:
    failures = []
    for operation in operations:
        if not operation.path.startswith(PATHS.get(who, "")):
            continue
        try:
            await asyncio.to_thread(conforms, operation, mode, ground.askers[who], ground, address)
        except Unsatisfiable:
            # Nothing is sent that could be wrong.
            assert mode.is_negative, operation.label
        except BaseExceptionGroup as group:
            failures += [f"{operation.label}: {error}" for error in group.exceptions]
    assert not failures, "\n\n".join(failures)
