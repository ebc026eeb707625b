"""A service that says what it was asked; an ASGI application on a real server."""

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
    (b"x-correlation-id", b"of the mirror"),
    (b"connection", b"x-inner"),
    (b"x-inner", b"for the gateway alone"),
]
EVENT_STREAM_HEADER = (b"content-type", b"text/event-stream; charset=utf-8")


class EchoServer:
    """Answers with the request; `/held` paths wait for `go`, `arrived` is set by a first piece."""

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
        asked = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": {k.decode(): v.decode("latin-1") for k, v in scope["headers"]},
            "body": body.decode("latin-1"),
        }
        self.requests.append(asked)
        if scope["path"].endswith("/silent"):
            await self.release.wait()
        status = 207 if scope["path"].endswith("/odd") else 200
        events = scope["path"].endswith("/events/held")
        headers = [EVENT_STREAM_HEADER, *RESPONSE_HEADERS[1:]] if events else RESPONSE_HEADERS
        await send({"type": "http.response.start", "status": status, "headers": headers})
        held = scope["path"].endswith("/held")
        if held:
            await send({"type": "http.response.body", "body": b"first,", "more_body": True})
            await self.release.wait()
        said = b"second" if held else json.dumps(asked).encode()
        await send({"type": "http.response.body", "body": said})


@contextlib.asynccontextmanager
async def serve(app: Any, bind: str) -> AsyncIterator[str]:
    """The application on a real server at `bind`; where it listens, as a setting says it."""
    listening = listen(bind)
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listening]))
    name = listening.getsockname()
    try:
        yield bind if isinstance(name, str) else f"http://{name[0]}:{name[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()
