"""A service that answers with the request, as an ASGI application on a real server."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import uvicorn

from shared.runtime.server import listen

RESPONSE_HEADERS = [
    (b"content-type", b"application/json"),
    (b"link", b'</api/v1/points?after=1>; rel="next"'),
    (b"etag", b'"7"'),
    (b"content-language", b"en"),
    (b"retry-after", b"9"),
    (b"set-cookie", b"linli_session=stolen"),
    (b"x-correlation-id", b"of the echo server"),
    (b"connection", b"x-inner"),
    (b"x-inner", b"for the gateway alone"),
]
MAX_SHUTDOWN_SECONDS = 5
EVENT_STREAM_HEADER = (b"content-type", b"text/event-stream; charset=utf-8")


class EchoServer:
    """An application that answers with the request.

    The answer to a `/paused` path waits for `release` after its first piece, and that to a
    `/silent` path before it. The first piece of a request's body sets `body_started`.
    """

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.body_started = asyncio.Event()
        self.release = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            piece = await receive()
            if piece["type"] == "http.disconnect":
                return
            body += piece.get("body", b"")
            more = piece.get("more_body", False)
            if body:
                self.body_started.set()
        request = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": {k.decode(): v.decode("latin-1") for k, v in scope["headers"]},
            "body": body.decode("latin-1"),
        }
        self.requests.append(request)
        if scope["path"].endswith("/silent"):
            await self.release.wait()
        status = 207 if scope["path"].endswith("/odd") else 200
        is_stream = scope["path"].endswith("/events/paused")
        headers = [EVENT_STREAM_HEADER, *RESPONSE_HEADERS[1:]] if is_stream else RESPONSE_HEADERS
        await send({"type": "http.response.start", "status": status, "headers": headers})
        pauses = scope["path"].endswith("/paused")
        if pauses:
            await send({"type": "http.response.body", "body": b"first,", "more_body": True})
            await self.release.wait()
        rest = b"second" if pauses else json.dumps(request).encode()
        await send({"type": "http.response.body", "body": rest})


@contextlib.asynccontextmanager
async def serve(app: Any, bind: str) -> AsyncIterator[str]:
    """Serve the application at `bind`; yield its address in the form of a setting."""
    listening = listen(bind)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        # A test that failed may have left an answer unfinished.
        timeout_graceful_shutdown=MAX_SHUTDOWN_SECONDS,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listening]))
    name = listening.getsockname()
    try:
        yield bind if isinstance(name, str) else f"http://{name[0]}:{name[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()
