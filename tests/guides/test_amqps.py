"""AMQPS from outside: publishers' users get through to the broker, and nobody else does."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import aio_pika
import pytest
from aio_pika.exceptions import AMQPConnectionError, ProbableAuthenticationError
from pamqp import commands, frame
from yarl import URL

from shared.bus.partners.amqps_proxy import PROTOCOL_HEADER, PartnerProxy, load_tls
from tests.guides.partner_client import STOPPED, PartnerClient
from tests.support.certificate import write_certificate
from tests.support.messages import make_cloud_event
from tests.support.rabbitmq import Node


@pytest.fixture(scope="module")
def tls_folder() -> Iterator[Path]:
    """A folder with a certificate for localhost and its key, as an operator provides them."""
    with TemporaryDirectory(prefix="linli") as folder:
        write_certificate(Path(folder), "localhost")
        yield Path(folder)


@pytest.fixture(scope="module")
async def port(node: Node, tls_folder: Path) -> AsyncIterator[int]:
    """The port of the proxy before the broker."""
    broker = URL(node.url)
    proxy = PartnerProxy(broker.host or "", broker.port or 5672)
    server = await proxy.listen("127.0.0.1", 0, load_tls(tls_folder))
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture(scope="module")
def client_context(tls_folder: Path) -> ssl.SSLContext:
    """What a client trusts."""
    return ssl.create_default_context(cafile=tls_folder / "cert.pem")


async def test_publisher_publishes_over_amqps(
    partner_client: PartnerClient, port: int, client_context: ssl.SSLContext
) -> None:
    user = URL(partner_client.amqp_url).user or ""
    connection = await aio_pika.connect(
        _through(partner_client.amqp_url, port), ssl_context=client_context
    )
    async with connection:
        channel = await connection.channel()
        partners = await channel.get_exchange("linli.partners", ensure=False)
        for number in range(300):
            event = make_cloud_event(
                f"/partners/{partner_client.name}", STOPPED, {"lift": "x" * 10_000}, id=str(number)
            )
            message = aio_pika.Message(event.__repr__().encode(), user_id=user)
            assert await partners.publish(message, STOPPED, timeout=10) is not None


@pytest.mark.parametrize("user", ["guest", "linli-intake", "partner-"])
async def test_other_users_are_refused(
    node: Node, port: int, client_context: ssl.SSLContext, user: str
) -> None:
    url = URL(node.url)
    await asyncio.to_thread(node.run_rabbitmqctl, "change_password", "guest", "guest")
    if user != "guest":
        with suppress(Exception):
            await asyncio.to_thread(node.run_rabbitmqctl, "add_user", user, "guest")
        await asyncio.to_thread(node.run_rabbitmqctl, "set_permissions", user, ".*", ".*", ".*")
    inside = url.with_user(user).with_password("guest")
    async with await aio_pika.connect(inside) as connection:
        assert not connection.is_closed
    with pytest.raises((AMQPConnectionError, ProbableAuthenticationError)):
        await aio_pika.connect(_through(str(inside), port), ssl_context=client_context)


def _start_ok(mechanism: str, response: str, channel: int = 0) -> bytes:
    return frame.marshal(commands.Connection.StartOk({}, mechanism, response, "en_US"), channel)


@pytest.mark.parametrize(
    ("first", "start_ok"),
    [
        (b"AMQP\x00\x01\x00\x00", b""),
        (b"AMQP\x03\x01\x00\x00", b""),
        (b"GET / HTTP/1.1\r\n\r\n", b""),
        (PROTOCOL_HEADER, _start_ok("AMQPLAIN", "\0partner-x\0guest")),
        (PROTOCOL_HEADER, _start_ok("EXTERNAL", "partner-x")),
        (PROTOCOL_HEADER, _start_ok("PLAIN", "guest\0partner-x\0guest")),
        (PROTOCOL_HEADER, _start_ok("PLAIN", "\0guest\0partner-x")),
        (PROTOCOL_HEADER, _start_ok("PLAIN", "\0partner-x\0guest\0guest")),
        (PROTOCOL_HEADER, _start_ok("PLAIN", "\0partner-x\0guest", channel=1)),
        (PROTOCOL_HEADER, frame.marshal(commands.Connection.TuneOk(), 0)),
        (PROTOCOL_HEADER, b"\x01\x00\x00\xff\xff\xff\xff"),
        (PROTOCOL_HEADER, b"\x01\x00\x00\x00\x00\x00\x04\xff\xff\xff\xff\xce"),
    ],
)
async def test_anything_but_a_publishers_login_is_closed(
    port: int, client_context: ssl.SSLContext, first: bytes, start_ok: bytes
) -> None:
    reader, writer = await asyncio.open_connection("localhost", port, ssl=client_context)
    async with asyncio.timeout(10):
        writer.write(first)
        if first == PROTOCOL_HEADER:
            await reader.readexactly(7)
        writer.write(start_ok)
        rest = await reader.read()
    writer.close()
    # Whatever came back, it isn't the broker's answer to a login (Tune).
    assert b"\x00\x0a\x00\x1e" not in rest


def _through(url: str, port: int) -> str:
    return str(URL(url).with_scheme("amqps").with_host("localhost").with_port(port))
