"""Every route names a policy."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.policies import POLICIES
from shared.runtime.runtime import Runtime

WITHOUT_A_POLICY = {"/health/live", "/health/ready", "/metrics"}


def route_policies(dependant: Dependant) -> Iterator[str]:
    """Yield the policies of a route's dependencies."""
    for dependency in dependant.dependencies:
        policy: Any = getattr(dependency.call, "policy", None)
        if policy is not None:
            yield policy
        yield from route_policies(dependency)


def flatten_routes(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Yield all API routes, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from flatten_routes(
                getattr(getattr(route, "original_router", None), "routes", ())
            )


def test_every_route_names_a_policy(runtime: Runtime) -> None:
    routes = list(flatten_routes(runtime.app.routes))
    assert {"/api/v1/residents", "/api/v1/wishes", "/api/v1/points/{rest:path}", "/"} <= {
        route.path for route in routes
    }
    unnamed = {route.path for route in routes if not list(route_policies(route.dependant))}
    assert unnamed == WITHOUT_A_POLICY
    assert {policy for route in routes for policy in route_policies(route.dependant)} <= set(
        POLICIES
    )


def test_no_other_kind_of_route_serves_anything(runtime: Runtime) -> None:
    others = [
        route
        for route in runtime.app.routes
        if not isinstance(route, APIRoute) and not hasattr(route, "original_router")
    ]
    assert {getattr(route, "path", None) for route in others} == {"/api/v1/openapi/intake.json"}
