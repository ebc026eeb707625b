"""The whole product in one process for tests: three services on sockets, over either transport."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from services.intake.main import SERVICE as INTAKE
from services.notify.main import SERVICE as NOTIFY
from services.volunteers.main import SERVICE as VOLUNTEERS
from shared.bus.message import bindings
from shared.bus.transport import topology
from shared.bus.transport.base import Transport
from shared.bus.transport.in_process import Faults, InProcessTransport
from shared.bus.transport.rabbit import RabbitTransport
from shared.runtime.runtime import Runtime
from shared.runtime.server import listen, serving
from shared.runtime.service import Service
from tests.support.settings import make_settings

TransportKind = Literal["in process", "rabbit"]
SERVICES: tuple[Service, ...] = (INTAKE, VOLUNTEERS, NOTIFY)
BINDINGS = {service.name: bindings(service.handlers) for service in SERVICES}


@dataclass(frozen=True)
class RunningSystem:
    """A running deployment: its replicas by service, with clients of them."""

    replicas: Mapping[str, list[Runtime]]
    folder: Path

    @property
    def intake(self) -> Runtime:
        """The first replica of intake."""
        return self.replicas["intake"][0]

    @property
    def volunteers(self) -> Runtime:
        """The first replica of volunteers."""
        return self.replicas["volunteers"][0]

    @property
    def notify(self) -> Runtime:
        """The first replica of notify."""
        return self.replicas["notify"][0]

    def client(self, service: str = "intake", replica: int = 0) -> httpx.AsyncClient:
        """Return a client of one replica, by default of the gateway."""
        path = str(self.folder / f"{service}{replica}.sock")
        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=path), base_url="http://station", timeout=30
        )


def upstream_urls(folder: Path) -> dict[str, str]:
    """Return the settings of intake by which it reaches the other services in `folder`."""
    return {f"{name}_url": f"unix:{folder / f'{name}0.sock'}" for name in ("volunteers", "notify")}


@contextlib.asynccontextmanager
async def open_transport(
    kind: TransportKind = "in process",
    amqp_url: str = "",
    prefix: str = "",
    *,
    faults: Faults | None = None,
) -> AsyncIterator[Transport]:
    """Open a transport of `kind`; declare its topology, and remove it at the end."""
    if kind == "in process":
        yield InProcessTransport(BINDINGS, faults=faults)
        return
    await topology.declare(amqp_url, BINDINGS, prefix=prefix)
    transport = RabbitTransport(amqp_url, prefix=prefix)
    try:
        yield transport
    finally:
        await transport.close()
        await topology.remove(amqp_url, frozenset(BINDINGS), prefix=prefix)


@contextlib.asynccontextmanager
async def start_system(
    urls: Mapping[str, str],
    folder: Path,
    transport: Transport,
    *,
    scale: Mapping[str, int] | None = None,
) -> AsyncIterator[RunningSystem]:
    """Start a system on the databases `urls`, with `scale` replicas of each service."""
    runtimes, sockets = [], []
    replicas: dict[str, list[Runtime]] = {}
    for service in SERVICES:
        for number in range((scale or {}).get(service.name, 1)):
            reach = upstream_urls(folder) if service is INTAKE else {}
            service_settings = make_settings(service, urls[service.name], **reach)
            runtime = Runtime(service, service_settings, transport)
            replicas.setdefault(service.name, []).append(runtime)
            runtimes.append(runtime)
            sockets.append(listen(f"unix:{folder / f'{service.name}{number}.sock'}"))
    async with serving(runtimes, sockets):
        yield RunningSystem(replicas, folder)
