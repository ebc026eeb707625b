"""A gateway on a real server, before an echo server on a socket and one on a port."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import httpx
import limits.storage.memory
import pytest

from services.intake.main import SERVICE
from shared.bus.transport.in_process import InProcessTransport
from shared.runtime.runtime import Runtime
from tests.intake.gateway.echo_server import EchoServer, serve
from tests.intake.gateway.window_clock import WindowClock
from tests.support.settings import make_settings


@pytest.fixture
async def echo_server() -> EchoServer:
    """Return the application behind the gateway, in place of the other services."""
    return EchoServer()


@pytest.fixture
async def gateway_socket(intake_url: str, echo_server: EchoServer) -> AsyncIterator[Path]:
    """Yield the socket on which the gateway listens."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="linli")))
        over_socket = await stack.enter_async_context(serve(echo_server, f"unix:{folder}/v.sock"))
        over_port = await stack.enter_async_context(serve(echo_server, "127.0.0.1:0"))
        runtime = Runtime(
            SERVICE,
            make_settings(SERVICE, intake_url, volunteers_url=over_socket, notify_url=over_port),
            InProcessTransport({"intake": frozenset()}),
        )
        stack.push_async_callback(runtime.close)
        await stack.enter_async_context(serve(runtime.app, f"unix:{folder}/g.sock"))
        yield folder / "g.sock"


@pytest.fixture
async def gateway(gateway_socket: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a client of the gateway."""
    transport = httpx.AsyncHTTPTransport(uds=str(gateway_socket))
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as client:
        yield client


@pytest.fixture
def window_clock(monkeypatch: pytest.MonkeyPatch) -> WindowClock:
    """Provide the clock of the rate limits' windows, which stands still unless a test moves it."""
    clock = WindowClock()
    monkeypatch.setattr(limits.storage.memory, "time", SimpleNamespace(time=clock))
    return clock
