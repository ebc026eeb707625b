"""The FastAPI application of a replica: problem details, health, metrics, operators' routes."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from shared.auth import Actor, read_token
from shared.messages_admin.api import operations
from shared.messages_admin.context import ADMIN_CONTEXT, AdminContext
from shared.messages_admin.missing_hours import missing_hour_operations
from shared.messages_admin.policies import POLICIES as ADMIN_POLICIES
from shared.messages_admin.replicas import replica_operations
from shared.messages_admin.trail import trail
from shared.policies import PUBLIC, Policies, merge_policies
from shared.runtime.service import Readiness, Replica
from shared.web import problems
from shared.web.authentication import (
    AUTHENTICATE,
    POLICIES,
    Authenticate,
    bearer_token,
    check_route_policies,
)
from shared.web.correlation import CorrelationIdMiddleware
from shared.web.http import MAX_BODY_BYTES, SESSIONS
from shared.web.openapi import complete_document


class Application(FastAPI):
    """FastAPI inside `CorrelationIdMiddleware`, so that failed requests have their id too.

    A body that is too large is answered with problem details, not with plain text.
    """

    def __init__(self, service: str, policies: Policies, **options: Any) -> None:
        super().__init__(**options)
        POLICIES.set(self.state, policies)
        self._with_correlation = CorrelationIdMiddleware(self._respond, service)

    def include_router(self, router: APIRouter, **options: Any) -> None:
        """Include a router whose routes name policies of the service. Raises: UnknownPolicy."""
        check_route_policies(router, POLICIES.get(self.state))
        super().include_router(router, **options)

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI description of this service."""
        if self.openapi_schema is None:
            policies = POLICIES.get(self.state)
            self.openapi_schema = complete_document(super().openapi(), policies)
        return self.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a connection (ASGI)."""
        await self._with_correlation(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Replace the plain 413: the body limit is outside every middleware, so it is done here."""
        problem: Response | None = None

        async def send_problem_body(message: Message) -> None:
            nonlocal problem
            if _is_plain_too_large(message):
                error = HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                problem = problems.render(Request(scope), problems.HttpProblem(error))
                message = {**message, "headers": problem.raw_headers}
            elif problem is not None:
                message = {**message, "body": problem.body, "more_body": False}
            await send(message)

        await super().__call__(scope, receive, send_problem_body)


def _is_plain_too_large(message: Message) -> bool:
    if message["type"] != "http.response.start":
        return False
    if message["status"] != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")


def create_app(
    replica: Replica,
    *,
    authenticate: Authenticate | None = None,
    first: Callable[..., Awaitable[None]] | None = None,
) -> FastAPI:
    """Make the application of a replica, with everything but its service's own routes.

    Without `authenticate`, the gateway's signed token says who asks. `first` is a dependency that
    every route begins with.
    """
    service = replica.service.name

    async def authenticate_by_token(request: Request) -> Actor | None:
        token = bearer_token(request)
        return read_token(token, replica.settings.public_key, service) if token else None

    app = Application(
        service,
        merge_policies(PUBLIC, ADMIN_POLICIES, replica.service.policies),
        title=f"Linli {service}",
        openapi_url=f"/api/v1/openapi/{service}.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=MAX_BODY_BYTES,
        # FastAPI's own telemetry records what residents write and who they are.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        dependencies=[Depends(first)] if first else None,
    )
    SESSIONS.set(app.state, replica.sessions)
    AUTHENTICATE.set(app.state, authenticate or authenticate_by_token)
    problems.install(app)
    _add_health(app, replica.check_readiness)
    _add_messages_admin(app, replica)
    return app


def _add_messages_admin(app: FastAPI, replica: Replica) -> None:
    service = replica.service
    context = AdminContext(service.name, service.handlers, replica.sealer, service.effects)
    ADMIN_CONTEXT.set(app.state, context)
    app.include_router(operations(service.name))
    app.include_router(trail(service.name))
    app.include_router(replica_operations(service.name))
    app.include_router(missing_hour_operations(service.name))


def _add_health(app: FastAPI, check_readiness: Callable[[], Awaitable[Readiness]]) -> None:
    @app.get("/health/live", include_in_schema=False)
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        readiness = await check_readiness()
        return JSONResponse(readiness.checks, status_code=200 if readiness.is_ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
