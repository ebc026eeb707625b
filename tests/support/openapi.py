"""The operations of all services with their descriptions, called without a server."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.auth import Actor, Role
from shared.bus.transport.in_process import InProcessTransport
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from shared.runtime.service import Service
from shared.web.authentication import AUTHENTICATE, bearer_token
from tests.support.settings import UNREACHABLE_URL, make_settings
from tests.support.system import BINDINGS, SERVICES

API_PREFIX = "/api/v1"
JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method of one route of the API; `description` is its part of the OpenAPI document."""

    service: Service
    app: FastAPI
    method: str
    route: APIRoute
    description: dict[str, Any]

    @property
    def name(self) -> str:
        """Method and path, in which the service of its own operations is a parameter."""
        path = self.path.replace(f"/operations/{self.service.name}/", "/operations/{service}/")
        return f"{self.method} {path}"

    @property
    def path(self) -> str:
        """Path below the prefix of the API."""
        return self.route.path.removeprefix(API_PREFIX)

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """The parameters of its path, query and header, by name."""
        return {one["name"]: one for one in self.description.get("parameters", ())}

    @property
    def answer(self) -> dict[str, Any] | None:
        """The schema of its JSON with status 200, None where it has none."""
        content = self.description["responses"].get("200", {}).get("content", {})
        if JSON not in content:
            return None
        schema: dict[str, Any] = content[JSON]["schema"]
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = self.app.openapi()["components"]["schemas"][name]
        return schema

    @property
    def is_list(self) -> bool:
        """Whether it answers with an array."""
        return self.answer is not None and self.answer.get("type") == "array"

    @property
    def takes_json(self) -> bool:
        """Whether its body is a JSON object."""
        content = self.description.get("requestBody", {}).get("content", {})
        return list(content) == [JSON]

    async def call(
        self,
        role: Role | None,
        *,
        query: str = "",
        path_value: str | None = None,
        content: bytes = b"{}",
        content_type: str = JSON,
    ) -> httpx.Response:
        """Send a request as somebody with that role alone, or as nobody.

        Each parameter of the path is a new id, or the last one is `path_value`. What gets as far
        as the database is answered with 503.
        """
        path = re.sub(r"\{\w+\}(?=.*\{)", lambda _: str(new_id()), self.path)
        path = re.sub(r"\{\w+\}", lambda _: path_value or str(new_id()), path)
        headers = {"If-Match": "*", "Accept-Language": "en", "Content-Type": content_type}
        if role is not None:
            headers["Authorization"] = f"Bearer {role}"
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
            url = f"{API_PREFIX}{path}?{query}"
            return await client.request(self.method, url, content=content, headers=headers)


def list_operations() -> list[Operation]:
    """List the operations of the API that the documents of all services describe."""
    operations = []
    for service in SERVICES:
        app = build_app(service)
        paths = app.openapi()["paths"]
        for route in flatten_routes(app.routes):
            for method in (route.methods or ()) if route.include_in_schema else ():
                description = paths[route.path][method.lower()]
                operations.append(Operation(service, app, method, route, description))
    return operations


def operation_ids(operations: Iterable[Operation]) -> list[str]:
    """Return the names of tests of these operations."""
    return [f"{one.service.name}: {one.name}" for one in operations]


def build_app(service: Service) -> FastAPI:
    """Build an application that has no database, and takes the name of a role as a token."""
    settings = make_settings(service, UNREACHABLE_URL)
    app = Runtime(service, settings, InProcessTransport(BINDINGS)).app
    AUTHENTICATE.set(app.state, _authenticate_by_role)
    return app


def flatten_routes(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """Yield all API routes, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from flatten_routes(
                getattr(getattr(route, "original_router", None), "routes", ())
            )


def route_policies(dependant: Dependant) -> Iterator[str]:
    """Yield the policies of a route's dependencies."""
    for dependency in dependant.dependencies:
        policy: str | None = getattr(dependency.call, "policy", None)
        if policy is not None:
            yield policy
        yield from route_policies(dependency)


async def _authenticate_by_role(request: Request) -> Actor | None:
    token = bearer_token(request)
    return Actor(new_id(), new_id(), frozenset({Role(token)})) if token else None
