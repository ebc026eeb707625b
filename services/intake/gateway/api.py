"""Routes that forward to the other services, and the merged OpenAPI document."""

import json
import re
from collections.abc import AsyncIterator
from functools import cache
from urllib.parse import quote

import httpx
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from services.intake.gateway.openapi import FRESH_FOR_SECONDS, OPENAPI_DOCUMENT
from services.intake.gateway.upstreams import PREFIXES, UPSTREAMS, UpstreamRequest
from shared.contracts import asyncapi
from shared.errors import NotFound
from shared.web.authentication import OptionalActor, allow
from shared.web.http import MAX_BODY_BYTES, ApiRouter

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
UNSAFE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\\%;]")
ENCODED_SEPARATOR = re.compile(rb"%(2f|5c|25|00)", re.IGNORECASE)
# Request headers that pass through; the gateway alone says who asks, in a token of its own.
FORWARDED_HEADERS = (
    "accept",
    "accept-encoding",
    "accept-language",
    "content-type",
    "content-length",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
)
# Hop-by-hop headers (RFC 9110, section 7.6.1), and those that the gateway sets itself.
DROPPED_RESPONSE_HEADERS = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "date",
    "server",
    "set-cookie",
    "x-correlation-id",
}

router = ApiRouter(tags=["gateway"])
# Clients look for `/openapi.json` at the root first, outside of `/api/v1`.
root_router = APIRouter()
CACHE_HEADERS = {"Cache-Control": f"public, max-age={FRESH_FOR_SECONDS:.0f}"}


async def get_openapi(request: Request) -> Response:
    """Return the OpenAPI 3.1 document of the whole API."""
    document = OPENAPI_DOCUMENT.get(request.app.state)
    return JSONResponse(await document.current(), headers=CACHE_HEADERS)


async def get_asyncapi() -> Response:
    """Return the AsyncAPI 3.0 document of the messages between services."""
    return Response(_asyncapi_json(), media_type="application/json", headers=CACHE_HEADERS)


async def forward(request: Request, actor: OptionalActor) -> Response:
    """Forward the request unchanged, and stream both bodies."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise HTTPException(413)
    upstreams = UPSTREAMS.get(request.app.state)
    answer = await upstreams.send(actor, _upstream_request(request))
    response = StreamingResponse(
        _stream_body(answer),
        status_code=answer.status_code,
        background=BackgroundTask(answer.aclose),
    )
    response.raw_headers = _response_headers(answer)
    return response


def safe_path(request: Request) -> str:
    """Return the path, percent-encoded anew.

    Raises: NotFound where another program could read the path as a different one.
    """
    path: str = request.scope["path"]
    if UNSAFE_CHARACTERS.search(path) or ENCODED_SEPARATOR.search(
        request.scope.get("raw_path") or b""
    ):
        raise NotFound
    segments = path.removeprefix("/").split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise NotFound
    return "/" + "/".join(quote(segment, safe="") for segment in segments)


@cache
def _asyncapi_json() -> bytes:
    return json.dumps(asyncapi.document(), ensure_ascii=False, separators=(",", ":")).encode()


def _upstream_request(request: Request) -> UpstreamRequest:
    return UpstreamRequest(
        method=request.method,
        path=safe_path(request),
        query=request.scope["query_string"],
        headers=_request_headers(request),
        content=request.stream() if _has_body(request) else None,
    )


def _request_headers(request: Request) -> dict[str, bytes]:
    """Return the forwarded headers as bytes, since clients' headers aren't always ASCII."""
    headers = request.headers
    return {name: headers[name].encode("latin-1") for name in FORWARDED_HEADERS if name in headers}


def _has_body(request: Request) -> bool:
    return (
        "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"
    )


def _response_headers(answer: httpx.Response) -> list[tuple[bytes, bytes]]:
    hop_by_hop = {name.strip().lower() for name in answer.headers.get("connection", "").split(",")}
    dropped = DROPPED_RESPONSE_HEADERS | hop_by_hop
    return [
        (name.lower(), value)
        for name, value in answer.headers.raw
        if name.decode("latin-1").lower() not in dropped
    ]


async def _stream_body(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()


router.add_api_route(
    "/openapi.json", get_openapi, policy="public", methods=["GET"], include_in_schema=False
)
for address, endpoint in (("/openapi.json", get_openapi), ("/asyncapi.json", get_asyncapi)):
    root_router.add_api_route(
        address,
        endpoint,
        methods=["GET"],
        include_in_schema=False,
        dependencies=[Depends(allow("public"))],
    )
for prefix in (prefix for prefixes in PREFIXES.values() for prefix in prefixes):
    for path in (f"/{prefix}", f"/{prefix}/{{rest:path}}"):
        router.add_api_route(
            path, forward, policy="public", methods=METHODS, include_in_schema=False
        )
