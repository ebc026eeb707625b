"""A proxy on a local port or a Unix socket: a test can cut, slow and silence connections."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Self

from yarl import URL


class Proxy:
    """A proxy that forwards connections until `cut`, and delays each chunk by `delay_seconds`.

    Its upstream server is at `url`, or at the Unix socket `socket`, which may change.
    """

    delay_seconds = 0.0

    def __init__(self, url: str = "", *, socket: Path | None = None) -> None:
        self._target = URL(url)
        self.socket = socket
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_open = True
        self._speaking = asyncio.Event()
        self._speaking.set()

    @property
    def port(self) -> int:
        """Port of the proxy."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """URL of the upstream server, with the port of the proxy."""
        return str(self._target.with_host("127.0.0.1").with_port(self.port))

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def listen(self, path: Path) -> None:
        """Listen on a Unix socket."""
        self._server = await asyncio.start_unix_server(self._serve, str(path))

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Cut every connection and refuse new ones."""
        self._is_open = False
        self._speaking.set()
        for writer in self._writers:
            writer.transport.abort()

    def restore(self) -> None:
        """Accept connections again, without delay."""
        self._is_open = True
        self.delay_seconds = 0.0
        self._speaking.set()

    def fall_silent(self) -> None:
        """Keep all connections and pass nothing on until `restore`, also of new ones."""
        self._speaking.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_open:
            writer.transport.abort()
            return
        try:
            upstream_reader, upstream_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, upstream_writer}
        try:
            await asyncio.gather(
                self._pump(reader, upstream_writer), self._pump(upstream_reader, writer)
            )
        finally:
            self._writers -= {writer, upstream_writer}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.socket is not None:
            return await asyncio.open_unix_connection(str(self.socket))
        return await asyncio.open_connection(self._target.host or "", self._target.port or 5672)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65536):
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds)
                await self._speaking.wait()
                writer.write(chunk)
                await writer.drain()
        writer.close()
