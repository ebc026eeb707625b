"""AMQPS for partners: a proxy before the broker that lets only publishers' users through.

The broker has one listener for everybody; what is reachable from outside must be of no use to
somebody who has learned a service's or an administrator's password. The proxy reads the client's
first frame, which names the user (AMQP 0-9-1, 2.2.4), and after that only passes bytes on: a
connection can't change its user.
"""

import asyncio
import re
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from pamqp import commands, exceptions, frame

from shared.bus.partners.ingress import name_of
from shared.observability.logs import logger

# AMQP 1.0, which RabbitMQ 4 speaks too, has another header and other frames.
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
FRAME_HEADER_BYTES = 7
# What RabbitMQ takes before it has agreed on more (`initial_frame_max`).
MAX_FIRST_FRAME_BYTES = 8192
HANDSHAKE_TIMEOUT_SECONDS = 10.0
# Longer than the heartbeat of any client.
IDLE_TIMEOUT_SECONDS = 600.0
CHUNK_BYTES = 64 * 1024
MAX_CONNECTIONS = 500
# SASL PLAIN (RFC 4616) as RabbitMQ reads it, without an authorization identity.
_PLAIN = re.compile(r"\0([^\0]+)\0[^\0]*")
_TRANSIENT = (OSError, TimeoutError, asyncio.IncompleteReadError)

log = logger(__name__)


def load_tls(folder: Path) -> ssl.SSLContext:
    """Load `cert.pem` and `key.pem`. Raises: OSError, of which ssl.SSLError is one."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


class PartnerProxy:
    """A proxy to the broker at `host` and `port`; each connection has one to the broker."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._connections = 0

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None) -> asyncio.Server:
        """Listen; without `tls`, for tests. Raises: OSError."""
        return await asyncio.start_server(self._connect, host, port, ssl=tls)

    async def _connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        async with _closing(writer):
            if self._connections >= MAX_CONNECTIONS:
                log.warning("too many connections of partners")
                return
            self._connections += 1
            try:
                await self._serve(reader, writer)
            except _TRANSIENT as error:
                log.info("connection of a partner lost", error=type(error).__name__)
            finally:
                self._connections -= 1

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        async with asyncio.timeout(HANDSHAKE_TIMEOUT_SECONDS):
            if await reader.readexactly(len(PROTOCOL_HEADER)) != PROTOCOL_HEADER:
                writer.write(PROTOCOL_HEADER)  # As a broker answers to another protocol.
                return
            from_broker, to_broker = await asyncio.open_connection(self._host, self._port)
        async with _closing(to_broker):
            to_broker.write(PROTOCOL_HEADER)
            async with asyncio.timeout(HANDSHAKE_TIMEOUT_SECONDS):
                writer.write(await _read_frame(from_broker))
                first = await _read_frame(reader)
            user = _user_of(first)
            if not user or not name_of(user):
                log.warning("connection refused to a user that is no publisher's")
                writer.write(_refusal())
                return
            to_broker.write(first)
            await _pass_on(reader, to_broker, from_broker, writer)


async def _read_frame(reader: StreamReader) -> bytes:
    """Read one frame. Raises: IncompleteReadError, also for a frame that is too large."""
    header = await reader.readexactly(FRAME_HEADER_BYTES)
    size = int.from_bytes(header[3:])
    if size > MAX_FIRST_FRAME_BYTES:
        raise asyncio.IncompleteReadError(header, size)
    return header + await reader.readexactly(size + 1)


def _user_of(first: bytes) -> str | None:
    """Return the user that logs in by password; None for another frame or another mechanism."""
    try:
        _, channel, start_ok = frame.unmarshal(first)
    except Exception:  # noqa: BLE001 - whatever is wrong with a frame, it is no login
        return None
    if channel != 0 or not isinstance(start_ok, commands.Connection.StartOk):
        return None
    login = _PLAIN.fullmatch(str(start_ok.response))
    return login[1] if login and start_ok.mechanism == "PLAIN" else None


def _refusal() -> bytes:
    class_and_method = divmod(commands.Connection.StartOk.index, 1 << 16)
    code = exceptions.AMQPAccessRefused.value
    text = "ACCESS_REFUSED - this listener is for publishers"
    return frame.marshal(commands.Connection.Close(code, text, *class_and_method), 0)


async def _pass_on(
    reader: StreamReader, to_broker: StreamWriter, from_broker: StreamReader, writer: StreamWriter
) -> None:
    """Pass bytes on in both directions until one side closes or is silent."""
    directions = [
        asyncio.ensure_future(_copy(reader, to_broker)),
        asyncio.ensure_future(_copy(from_broker, writer)),
    ]
    try:
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for direction in directions:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)


async def _copy(reader: StreamReader, writer: StreamWriter) -> None:
    while chunk := await asyncio.wait_for(reader.read(CHUNK_BYTES), IDLE_TIMEOUT_SECONDS):
        writer.write(chunk)
        await asyncio.wait_for(writer.drain(), IDLE_TIMEOUT_SECONDS)


@asynccontextmanager
async def _closing(writer: StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with suppress(*_TRANSIENT):
            await asyncio.wait_for(writer.wait_closed(), HANDSHAKE_TIMEOUT_SECONDS)
