"""The FastAPI application of a service: middleware, problem details, health and metrics."""

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from opentelemetry.trace import Span, SpanKind
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest
from sqlalchemy import text
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.auth import Actor, read_token
from shared.contracts.envelope import TRACEPARENT
from shared.errors import Unauthorized
from shared.ids import new_id
from shared.messages_admin.api import operations
from shared.messages_admin.trail import trail
from shared.observability.logs import message_context
from shared.observability.tracing import set_http_status, span
from shared.web import problems
from shared.web.openapi import add_shared_components

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime

BODY_LIMIT = 64 * 1024
TOO_LARGE = 413
UNKNOWN = "unknown"
Authenticate = Callable[[Request], Awaitable[Actor | None]]
SECONDS = Histogram(
    "linli_http_request_seconds",
    "Time from request to the start of the answer.",
    ("service", "method", "route", "status"),
)


class CorrelationIdMiddleware:
    """Pure ASGI: each request has a correlation id, in its logs, its messages and its answer.

    Where spans are kept it has one, below the one that the client names; in messages and in
    requests to other services it takes the place of the client's.
    """

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the context for the request, name the id in the answer, measure the time."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        correlation = _uuid(headers.get(b"x-correlation-id", b"")) or new_id()
        began = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Correlation-Id"] = str(correlation)
                route = getattr(scope.get("route"), "path", UNKNOWN)
                labels = (self.service, scope["method"], route, message["status"])
                SECONDS.labels(*labels).observe(time.perf_counter() - began)
                _answered(served, scope["method"], route, message["status"])
            await send(message)

        trace = headers.get(b"traceparent", b"").decode("latin-1")
        with (
            message_context(correlation, None, trace if TRACEPARENT.fullmatch(trace) else None),
            span(self.service, scope["method"], SpanKind.SERVER, _asked(scope)) as served,
        ):
            await self.app(scope, receive, send_with_id)


def _asked(scope: Scope) -> dict[str, str]:
    # No path and no query: they hold ids and what somebody looked for. The route says enough.
    return {"http.request.method": scope["method"], "url.scheme": scope["scheme"]}


def _answered(served: Span, method: str, route: str, status: int) -> None:
    if route != UNKNOWN:
        served.update_name(f"{method} {route}")
        served.set_attribute("http.route", route)
    set_http_status(served, status, wrong_from=500)


class Application(FastAPI):
    """FastAPI within `Correlation`, so that what breaks has its id too, in the answer and the log.

    A body that is too large is told in problem details, not in plain text.
    """

    def __init__(self, service: str, **options: Any) -> None:
        super().__init__(**options)
        self._correlated = CorrelationIdMiddleware(self._answer, service)

    def openapi(self) -> dict[str, Any]:
        """The description of this service."""
        if self.openapi_schema is None:
            self.openapi_schema = add_shared_components(super().openapi())
        return self.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        await self._correlated(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; the body limit stands outside of every middleware, so this is the place."""
        ours: Response | None = None

        async def send_problem_body(message: Message) -> None:
            nonlocal ours
            if _is_plain_refusal(message):
                ours = problems.render(Request(scope), problems.from_http(HTTPException(TOO_LARGE)))
                message = {**message, "headers": ours.raw_headers}
            elif ours is not None:
                message = {**message, "body": ours.body, "more_body": False}
            await send(message)

        await super().__call__(scope, receive, send_problem_body)


def _is_plain_refusal(message: Message) -> bool:
    if message["type"] != "http.response.start" or message["status"] != TOO_LARGE:
        return False
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/plain")


def _uuid(said: bytes) -> UUID | None:
    try:
        return UUID(said.decode())
    except ValueError:
        return None


def bearer(request: Request) -> str | None:
    """The token of an Authorization header (RFC 6750), None where there is none; Unauthorized."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized
    return token.strip()


def create_app(
    runtime: "Runtime",
    *,
    authenticate: Authenticate | None = None,
    first: Callable[..., Awaitable[None]] | None = None,
) -> FastAPI:
    """An application for the service of `runtime`, with everything but its own routes.

    Without `authenticate`, the gateway's signed token says who asks. `first` is a dependency that
    every route begins with.
    """
    service = runtime.service.name

    async def by_token(request: Request) -> Actor | None:
        token = bearer(request)
        return read_token(token, runtime.settings.public_key, service) if token else None

    app = Application(
        service,
        title=f"Linli {service}",
        openapi_url=f"/api/v1/openapi/{service}.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=BODY_LIMIT,
        # Ours leave out what residents write and who they are.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        dependencies=[Depends(first)] if first else None,
    )
    app.state.runtime = runtime
    app.state.authenticate = authenticate or by_token
    problems.install(app)
    _add_health(app, runtime)
    app.include_router(operations(service))
    app.include_router(trail(service))
    return app


def _add_health(app: FastAPI, runtime: "Runtime") -> None:
    @app.get("/health/live", include_in_schema=False)
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        checks = await readiness(runtime)
        return JSONResponse(checks, status_code=200 if all(checks.values()) else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def readiness(runtime: "Runtime") -> dict[str, bool]:
    """What has to be true for this replica to be given work."""
    try:
        async with runtime.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        database = True
    except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        database = False
    return {
        "database": database,
        "relay": runtime.relay.alive,
        "consumer": runtime.consumer.alive,
        "background": all(part.alive for part in runtime.background_tasks),
        "serving": not runtime.stopping,
    }
