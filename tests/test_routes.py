"""Every route of every service is for the roles of one table, and refuses all others."""

import pytest
from fastapi.routing import APIRoute

from shared.auth import Role
from shared.policies import PUBLIC
from shared.runtime.service import Service
from shared.web.authentication import POLICIES
from tests.route_roles import ROLES_BY_ROUTE
from tests.support.openapi import (
    API_PREFIX,
    Operation,
    build_app,
    flatten_routes,
    list_operations,
    operation_ids,
    route_policies,
)
from tests.support.system import SERVICES

WITHOUT_A_POLICY = {"/health/live", "/health/ready", "/metrics"}
PROBLEM = "application/problem+json"
OPERATIONS = list_operations()
ALL_SERVICES = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
ALL_OPERATIONS = pytest.mark.parametrize("operation", OPERATIONS, ids=operation_ids(OPERATIONS))


@ALL_SERVICES
def test_every_route_names_a_policy_and_every_policy_has_a_route(service: Service) -> None:
    app = build_app(service)
    routes = [(one.path, set(route_policies(one.dependant))) for one in flatten_routes(app.routes)]
    assert {path for path, policies in routes if not policies} == WITHOUT_A_POLICY
    named = {policy for _, policies in routes for policy in policies}
    assert named | PUBLIC.keys() == POLICIES.get(app.state).keys()


@ALL_SERVICES
def test_no_other_kind_of_route_serves_anything(service: Service) -> None:
    others = [
        route
        for route in build_app(service).routes
        if not isinstance(route, APIRoute) and not hasattr(route, "original_router")
    ]
    document = f"{API_PREFIX}/openapi/{service.name}.json"
    assert [getattr(route, "path", None) for route in others] == [document]


@ALL_OPERATIONS
def test_route_is_for_the_roles_of_the_table(operation: Operation) -> None:
    [policy] = route_policies(operation.route.dependant)
    assert POLICIES.get(operation.app.state)[policy] == ROLES_BY_ROUTE[operation.name]


def test_the_table_has_no_other_routes() -> None:
    assert ROLES_BY_ROUTE.keys() == {operation.name for operation in OPERATIONS}


@ALL_OPERATIONS
async def test_route_refuses_all_other_roles_and_nobody(operation: Operation) -> None:
    allowed = ROLES_BY_ROUTE[operation.name]
    others = [role for role in Role if role not in allowed] if allowed else []
    answers = {role: (await operation.call(role)).status_code for role in others}
    assert answers == dict.fromkeys(others, 403)
    if allowed:
        nobody = await operation.call(None)
        assert (nobody.status_code, nobody.headers["content-type"]) == (401, PROBLEM)


@ALL_OPERATIONS
async def test_route_lets_its_roles_in(operation: Operation) -> None:
    for role in ROLES_BY_ROUTE[operation.name] or (None,):
        answer = await operation.call(role)
        # Behind the policy comes the body, or the database, which isn't there.
        assert answer.status_code in (400, 415, 422, 428, 503), (role, answer.text)


@ALL_OPERATIONS
def test_exactly_posts_take_an_idempotency_key(operation: Operation) -> None:
    assert ("Idempotency-Key" in operation.parameters) == (operation.method == "POST")
