"""Many clients at once: a load generator over Unix sockets that costs little itself."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from uuid import uuid4


class UnexpectedStatus(Exception):
    """A request that should succeed was answered otherwise."""


def build_post(path: str, token: str, body: Any = None) -> bytes:
    """The bytes of an act over HTTP/1.1, with an Idempotency-Key of its own."""
    content = json.dumps(body or {}).encode()
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: station\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@dataclass(frozen=True)
class Client:
    """One connection that is kept open; one request at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(cls, socket: Path) -> Self:
        """A connection to whoever listens on the socket."""
        return cls(*await asyncio.open_unix_connection(socket))

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """The status and the body of the answer."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head[9:12]), await self.reader.readexactly(length)

    async def send_ok(self, request: bytes) -> Any:
        """The answer to a request that must succeed; Refused."""
        status, body = await self.send(request)
        if status not in (200, 201):
            raise UnexpectedStatus(
                f"{request.partition(b' HTTP')[0].decode()}: {status} {body.decode()}"
            )
        return json.loads(body)

    async def close(self) -> None:
        """Let the connection go."""
        self.writer.close()
        await self.writer.wait_closed()


async def send_concurrently(
    socket: Path, requests: Sequence[bytes], concurrency: int
) -> tuple[float, Counter[int]]:
    """Send all requests over `at_once` connections; seconds, and how often each status came."""
    clients = [await Client.connect(socket) for _ in range(concurrency)]
    statuses: Counter[int] = Counter()
    waiting = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_send_all(client, waiting, statuses) for client in clients))
    seconds = time.perf_counter() - began
    for client in clients:
        await client.close()
    return seconds, statuses


async def _send_all(client: Client, requests: Iterator[bytes], statuses: Counter[int]) -> None:
    for request in requests:
        status, _ = await client.send(request)
        statuses[status] += 1
