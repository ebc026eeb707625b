"""No spelling of a path reaches what the gateway doesn't forward."""

import asyncio
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.intake.gateway.echo_server import EchoServer

UNUSUAL_PATHS = [
    "/api/v1/points/../../../metrics",
    "/api/v1/points/%2e%2e/%2e%2e/%2e%2e/metrics",
    "/api/v1/points/%2E%2E/health/live",
    "/api/v1/points/..%2f..%2f..%2fmetrics",
    "/api/v1/points/..%5c..%5cmetrics",
    "/api/v1/points/..\\..\\metrics",
    "/api/v1/points/%252e%252e/metrics",
    "/api/v1/points//metrics",
    "/api/v1/points/",
    "/api/v1/points/.",
    "/api/v1/points/a;/../b",
    "/api/v1/points/%00",
    "/api/v1/points/%0d%0aX-Forged:%201",
    "/api/v1//points/me",
    "//api/v1/points/me",
    "/api/v1/pointsandmore",
    "/api/v1/points%2fme",
    "/api/v1/rules/@evil.example/",
]


async def send_raw_request(socket: Path, target: str) -> bytes:
    """Send a request for exactly that target; return the raw answer."""
    reader, writer = await asyncio.open_unix_connection(str(socket))
    request = f"GET {target} HTTP/1.1\r\nHost: station\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_an_unusual_path_is_not_forwarded(
    gateway_socket: Path, echo_server: EchoServer
) -> None:
    for target in UNUSUAL_PATHS:
        answer = await send_raw_request(gateway_socket, target)
        status = answer.split(b" ", 2)[1]
        assert status in (b"404", b"400"), (target, answer)
        assert b"linli_http_request_seconds" not in answer
    assert echo_server.requests == []


@pytest.mark.parametrize("target", ["/api/v1/points/a%20b", "/api/v1/points/a@b:c,d~e"])
async def test_a_plain_path_is_forwarded(
    gateway_socket: Path, echo_server: EchoServer, target: str
) -> None:
    await send_raw_request(gateway_socket, target)
    assert [unquote(one["path"]) for one in echo_server.requests] == [unquote(target)]
