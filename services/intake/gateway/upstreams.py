"""HTTP clients of the other services, which act for the caller."""

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from opentelemetry.trace import SpanKind

from services.intake.gateway.breaker import Breaker
from services.intake.settings import IntakeSettings
from shared.auth import Actor, issue_token
from shared.errors import NotFound, Unavailable
from shared.observability.context import correlation_id, traceparent
from shared.observability.tracing import set_http_status, span
from shared.state_key import StateKey

# The paths of one or two segments under `/api/v1` that each service owns.
PREFIXES: Mapping[str, tuple[str, ...]] = {
    "volunteers": ("volunteers", "points", "rules", "operations/volunteers"),
    "notify": ("inbox", "deliveries", "operations/notify"),
}
API = "/api/v1/"
TIMEOUT = httpx.Timeout(15, connect=1, pool=2)
# The expiry is below uvicorn's 5 s, so that no request uses a connection that was just closed.
LIMITS = httpx.Limits(max_connections=100, keepalive_expiry=2)
TRANSPORT_ERRORS = (httpx.TransportError, httpx.InvalidURL)


@dataclass(frozen=True)
class UpstreamRequest:
    """A request to another service; `path` begins with `/api/v1/` and is percent-encoded."""

    method: str
    path: str
    query: bytes = b""
    headers: Mapping[str, str | bytes] | None = None
    content: bytes | AsyncIterable[bytes] | None = None


class Upstreams:
    """Clients of the other services, which send a fresh token of the actor with each request."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._key = settings.private_key
        addresses = {"volunteers": settings.volunteers_url, "notify": settings.notify_url}
        self._clients = {service: _client(address) for service, address in addresses.items()}
        self._breakers = {service: Breaker(service) for service in addresses}

    async def ask(
        self, actor: Actor | None, method: str, path: str, body: Any = None, key: str | None = None
    ) -> httpx.Response:
        """Send a request as the actor and read the whole answer, whatever its status.

        `path` may have a query, `body` is sent as JSON, `key` as the Idempotency-Key.
        Raises: NotFound, Unavailable.
        """
        url = httpx.URL(path)
        headers: dict[str, str | bytes] = {"Idempotency-Key": key.encode()} if key else {}
        if actor is not None:
            headers["Accept-Language"] = actor.language
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else httpx.Request("POST", "/", json=body).content
        upstream_request = UpstreamRequest(method, url.path, url.query, headers, content)
        return await _read_body(await self.send(actor, upstream_request))

    async def fetch_openapi(self, service: str) -> httpx.Response:
        """Fetch the OpenAPI document of a service. Raises: Unavailable."""
        upstream_request = UpstreamRequest("GET", f"{API}openapi/{service}.json")
        return await _read_body(await self._send(service, None, upstream_request))

    async def send(self, actor: Actor | None, upstream_request: UpstreamRequest) -> httpx.Response:
        """Send a request and return the answer with its body unread; the caller closes it.

        Raises: NotFound, Unavailable.
        """
        return await self._send(_owner(upstream_request.path), actor, upstream_request)

    async def _send(
        self, service: str, actor: Actor | None, upstream_request: UpstreamRequest
    ) -> httpx.Response:
        attributes = {"http.request.method": upstream_request.method, "server.address": service}
        with span(
            "intake", f"{upstream_request.method} {service}", SpanKind.CLIENT, attributes
        ) as client_span:
            answer = await self._open_response(service, actor, upstream_request)
            set_http_status(client_span, answer.status_code, error_from=400)
        return answer

    async def _open_response(
        self, service: str, actor: Actor | None, upstream_request: UpstreamRequest
    ) -> httpx.Response:
        client = self._clients[service]
        target = upstream_request.path.encode("ascii") + (
            b"?" + upstream_request.query if upstream_request.query else b""
        )
        request = client.build_request(
            upstream_request.method,
            client.base_url.copy_with(raw_path=target),
            headers=_raw_headers(
                {**(upstream_request.headers or {}), **self._identity_headers(actor, service)}
            ),
            content=upstream_request.content,
        )
        try:
            with self._breakers[service].guard():
                answer = await client.send(request, stream=True)
        except TRANSPORT_ERRORS as error:
            raise Unavailable from error
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            # An event stream is silent while nothing happens, so that reading it must not time out.
            request.extensions["timeout"]["read"] = None
        return answer

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()

    def _identity_headers(self, actor: Actor | None, service: str) -> dict[str, str]:
        headers = {}
        if actor is not None:
            headers["Authorization"] = f"Bearer {issue_token(actor, self._key, service)}"
        if correlation := correlation_id.get():
            headers["X-Correlation-Id"] = str(correlation)
        if trace := traceparent.get():
            headers["traceparent"] = trace
        return headers


UPSTREAMS = StateKey[Upstreams]("upstreams")


async def _read_body(answer: httpx.Response) -> httpx.Response:
    try:
        await answer.aread()
    except TRANSPORT_ERRORS as error:
        raise Unavailable from error
    finally:
        await answer.aclose()
    return answer


def _raw_headers(headers: Mapping[str, str | bytes]) -> list[tuple[bytes, bytes]]:
    return [
        (name.encode("ascii"), value if isinstance(value, bytes) else value.encode("ascii"))
        for name, value in headers.items()
    ]


def is_under(path: str, prefixes: Iterable[str]) -> bool:
    """Return whether `path`, with its `/api/v1/`, is one of `prefixes` or below one."""
    return any(f"{path}/".startswith(f"{API}{prefix}/") for prefix in prefixes)


def _owner(path: str) -> str:
    for service, prefixes in PREFIXES.items():
        if is_under(path, prefixes):
            return service
    raise NotFound


def _client(address: str) -> httpx.AsyncClient:
    socket = address.removeprefix("unix:") if address.startswith("unix:") else None
    return httpx.AsyncClient(
        base_url="http://service" if socket else address,
        transport=httpx.AsyncHTTPTransport(uds=socket, retries=1, limits=LIMITS),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
    )
