"""The correlation id of a request: in its logs, its messages, its spans and its response."""

import time
from uuid import UUID

from opentelemetry.trace import Span, SpanKind
from prometheus_client import Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.contracts.envelope import TRACEPARENT
from shared.ids import new_id
from shared.observability.context import message_context
from shared.observability.tracing import set_http_status, span

UNKNOWN_ROUTE = "unknown"
REQUEST_SECONDS = Histogram(
    "linli_http_request_seconds",
    "Time from request to the start of the answer.",
    ("service", "method", "route", "status"),
)


class CorrelationIdMiddleware:
    """Pure ASGI middleware that gives each request a correlation id and a span.

    The span is below the one that the client's traceparent names; in messages and in requests to
    other services the request's own span takes the place of the client's.
    """

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the context of the request, name its id in the response, measure the time."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        correlation = _parse_uuid(headers.get(b"x-correlation-id", b"")) or new_id()
        started_at = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Correlation-Id"] = str(correlation)
                route = getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
                labels = (self.service, scope["method"], route, message["status"])
                REQUEST_SECONDS.labels(*labels).observe(time.perf_counter() - started_at)
                _set_response(request_span, scope["method"], route, message["status"])
            await send(message)

        trace = headers.get(b"traceparent", b"").decode("latin-1")
        with (
            message_context(correlation, None, trace if TRACEPARENT.fullmatch(trace) else None),
            span(
                self.service, scope["method"], SpanKind.SERVER, _attributes(scope)
            ) as request_span,
        ):
            await self.app(scope, receive, send_with_id)


def _attributes(scope: Scope) -> dict[str, str]:
    # No path and no query: they hold ids and search words. The route says enough.
    return {"http.request.method": scope["method"], "url.scheme": scope["scheme"]}


def _set_response(request_span: Span, method: str, route: str, status: int) -> None:
    if route != UNKNOWN_ROUTE:
        request_span.update_name(f"{method} {route}")
        request_span.set_attribute("http.route", route)
    set_http_status(request_span, status, error_from=500)


def _parse_uuid(header: bytes) -> UUID | None:
    try:
        return UUID(header.decode())
    except ValueError:
        return None
