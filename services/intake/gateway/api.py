"""Forwarding to the other services, and the one description of them all."""

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

from services.intake.gateway.openapi import FRESH_FOR_SECONDS, MergedOpenApi
from services.intake.gateway.upstreams import PREFIXES, UpstreamRequest, Upstreams
from shared.contracts import asyncapi
from shared.errors import NotFound
from shared.runtime.app import BODY_LIMIT
from shared.web.http import ApiRouter, OptionalActor, allow

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
UNSAFE_CHARACTERS = re.compile(r"[\x00-\x1f\x7f\\%;]")
ENCODED_SEPARATOR = re.compile(rb"%(2f|5c|25|00)", re.IGNORECASE)
# What a client's request says to the other service; who asks is said by the gateway alone.
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
# RFC 9110, section 7.6.1, and what only the gateway may say.
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
# Where clients look for it first, outside of `/api/v1`.
root_router = APIRouter()
CACHE_HEADERS = {"Cache-Control": f"public, max-age={FRESH_FOR_SECONDS:.0f}"}


async def describe(request: Request) -> Response:
    """The description of the whole API (OpenAPI 3.1)."""
    description: MergedOpenApi = request.app.state.openapi_document
    return JSONResponse(await description.current(), headers=CACHE_HEADERS)


async def describe_messages() -> Response:
    """The description of the messages between services (AsyncAPI 3.0)."""
    return Response(_messages(), media_type="application/json", headers=CACHE_HEADERS)


async def forward(request: Request, actor: OptionalActor) -> Response:
    """Forward the request as it is, streaming both ways."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_LIMIT:
        raise HTTPException(413)
    neighbours: Upstreams = request.app.state.upstreams
    wanted = UpstreamRequest(
        method=request.method,
        path=safe_path(request),
        query=request.scope["query_string"],
        headers=_request_headers(request),
        content=request.stream() if _has_body(request) else None,
    )
    answer = await neighbours.send(actor, wanted)
    response = StreamingResponse(
        _stream_body(answer),
        status_code=answer.status_code,
        background=BackgroundTask(answer.aclose),
    )
    response.raw_headers = _response_headers(answer)
    return response


def safe_path(request: Request) -> str:
    """The path, percent-encoded anew; NotFound when it might mean another one to somebody."""
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
def _messages() -> bytes:
    return json.dumps(asyncapi.document(), ensure_ascii=False, separators=(",", ":")).encode()


def _request_headers(request: Request) -> dict[str, bytes]:
    """As bytes: what a client may put into a header isn't always ASCII."""
    given = request.headers
    return {name: given[name].encode("latin-1") for name in FORWARDED_HEADERS if name in given}


def _has_body(request: Request) -> bool:
    return (
        "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"
    )


def _response_headers(answer: httpx.Response) -> list[tuple[bytes, bytes]]:
    named = {name.strip().lower() for name in answer.headers.get("connection", "").split(",")}
    dropped = DROPPED_RESPONSE_HEADERS | named
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
    "/openapi.json", describe, policy="public", methods=["GET"], include_in_schema=False
)
for address, endpoint in (("/openapi.json", describe), ("/asyncapi.json", describe_messages)):
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
