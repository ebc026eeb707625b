"""Conformance: every answer of the API, to any request of any role, matches its description."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from shared.contracts.envelope import CONTENT_TYPE
from tests.schema.fixtures import ApiFixtures, make_jpeg
from tests.support.api_clients import ApiClient

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# Administrators are tested on what staff and operators may not do.
PATH_BY_ROLE = {"admin": "/api/v1/publishers"}
BATCH_CONTENT_TYPE = "application/cloudevents-batch+json"
MAX_EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 4}


@dataclass(frozen=True)
class Api:
    """The gateway's address, and what exists behind it."""

    address: str
    fixtures: ApiFixtures


@pytest.fixture(scope="module")
def api(address: str, api_fixtures: ApiFixtures) -> Api:
    return Api(address, api_fixtures)


def use_new_idempotency_key(case: Case[Any]) -> None:
    """Replace the key of an operation that takes one."""
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())


def use_real_ids(case: Case[Any], api_fixtures: ApiFixtures, choice: int) -> None:
    """Replace ids that are not meant to be wrong with existing ones, unless `choice` is 0."""
    ids = api_fixtures.ids
    if choice == 0:
        return
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
    """Return a body that is valid beyond what the description can say."""
    if case.media_type == "image/jpeg":
        return make_jpeg()
    if case.media_type == CONTENT_TYPE:
        return api_fixtures.make_event(choice)
    if case.media_type == BATCH_CONTENT_TYPE:
        return [api_fixtures.make_event(number) for number in range(choice)]
    return case.body


def _is_negative(case: Case[Any], location: ParameterLocation) -> bool:
    """Return whether the part at `location` is meant to violate the description."""
    component = case.meta.components.get(location) if case.meta else None
    return component is not None and component.mode.is_negative


def _omits_optional_body(case: Case[Any]) -> bool:
    """Return whether schemathesis takes the omission of an optional body for a violation.

    Its marks are computed again after `use_real_ids`, and such a request may well be accepted.
    """
    is_violation = _is_negative(case, ParameterLocation.BODY) and isinstance(case.body, NotSet)
    return is_violation and not any(body.is_required for body in case.operation.body)


def assert_conforms(
    operation: Any, mode: GenerationMode, clients: Mapping[str, ApiClient | None], api: Api
) -> None:
    """Send a few requests, each as every role, and check each answer against the description.

    Generating a request takes far longer than sending it.
    """
    checks = [*CHECKS, negative_data_rejection] if mode.is_negative else CHECKS

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
        use_real_ids(case, api.fixtures, choice)
        assume(not _omits_optional_body(case))
        for role, client in clients.items():
            if choice and not _is_negative(case, ParameterLocation.HEADER):
                use_new_idempotency_key(case)
            headers = {"Authorization": f"Bearer {client.token}"} if client else {}
            try:
                case.call_and_validate(base_url=api.address, headers=headers, checks=checks)
            except BaseExceptionGroup as group:
                raise BaseExceptionGroup(f"{operation.label} as {role}", group.exceptions) from None

    send()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
async def test_answers_are_as_described(
    mode: GenerationMode, operations: list[Any], api: Api
) -> None:
    failures = []
    for operation in operations:
        clients = {
            role: client
            for role, client in api.fixtures.client_by_role.items()
            if operation.path.startswith(PATH_BY_ROLE.get(role, ""))
        }
        try:
            await asyncio.to_thread(assert_conforms, operation, mode, clients, api)
        except Unsatisfiable:
            # The operation has no input that could be invalid.
            assert mode.is_negative, operation.label
        except BaseExceptionGroup as group:
            failures += [f"{group.message}: {error}" for error in group.exceptions]
    assert not failures, "\n\n".join(failures)
