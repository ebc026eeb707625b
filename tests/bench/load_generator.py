"""A load generator: many clients over Unix sockets, at little cost of their own."""

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
    """Answer with another status than expected."""


def build_post(path: str, token: str, body: Any = None) -> bytes:
    """Build a POST request over HTTP/1.1, with an Idempotency-Key of its own."""
    content = json.dumps(body or {}).encode()
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: station\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


@dataclass(frozen=True)
class Client:
    """A connection that stays open, for one request at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def connect(cls, socket: Path) -> Self:
        """Connect to the server on `socket`."""
        return cls(*await asyncio.open_unix_connection(socket))

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; return the status and the body of the answer."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head[9:12]), await self.reader.readexactly(length)

    async def send_ok(self, request: bytes) -> Any:
        """Send a request; return the JSON of its answer. Raises: UnexpectedStatus."""
        status, body = await self.send(request)
        if status not in (200, 201):
            raise UnexpectedStatus(
                f"{request.partition(b' HTTP')[0].decode()}: {status} {body.decode()}"
            )
        return json.loads(body)

    async def close(self) -> None:
        """Close the connection."""
        self.writer.close()
        await self.writer.wait_closed()


async def send_concurrently(
    socket: Path, requests: Sequence[bytes], concurrency: int
) -> tuple[float, Counter[int]]:
    """Send all requests over `concurrency` connections; return seconds, and counts by status."""
    clients = [await Client.connect(socket) for _ in range(concurrency)]
    statuses: Counter[int] = Counter()
    remaining = iter(requests)
    start = time.perf_counter()
    await asyncio.gather(*(_send_all(client, remaining, statuses) for client in clients))
    seconds = time.perf_counter() - start
    for client in clients:
        await client.close()
    return seconds, statuses


async def _send_all(client: Client, requests: Iterator[bytes], statuses: Counter[int]) -> None:
    for request in requests:
        status, _ = await client.send(request)
        statuses[status] += 1
