"""The benchmark of joining: places taken in one event per second, beside the plain baseline.

Each side has three processes: this one as the load generator; the server, either `linli serve
intake` as deployed (with its relay, consumer and scheduler) or the baseline; and Postgres, with a
copy of the same database for each side.
"""

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from shared.bus.transport import topology
from tests.bench.join_workload import JoinWorkload, create_workload
from tests.bench.load_generator import Client, UnexpectedStatus, build_post, send_concurrently
from tests.bench.servers import BenchServers
from tests.support.settings import PRIVATE_KEY, SECRETS
from tests.support.system import BINDINGS

TIMEOUT_SECONDS = 30.0
POLL_INTERVAL_SECONDS = 0.05
CONCURRENT_CONNECTIONS = 16
JOINED_STATUS, REFUSED_STATUS = 200, 409
Server = Literal["ours", "baseline"]
SERVER_MODULES: Mapping[Server, tuple[str, ...]] = {
    "ours": ("services.cli.main", "serve", "intake"),
    "baseline": ("tests.bench.baseline_join",),
}


@dataclass
class JoinBenchmark:
    """The two servers behind their sockets, and the workload for them."""

    workload: JoinWorkload
    folder: Path
    _next_event_index: dict[Server, int]

    async def measure_joins(self, server: Server) -> float:
        """Let all guests join an event without participants; return joins a second."""
        event = self.workload.events[self._next_event_index[server]]
        self._next_event_index[server] += 1
        return await self._measure(server, f"/events/{event}/join", JOINED_STATUS)

    async def measure_refusals(self, server: Server) -> float:
        """Let all guests try to join a full event; return refusals a second."""
        return await self._measure(
            server, f"/events/{self.workload.full_event}/join", REFUSED_STATUS
        )

    async def measure_ceiling(self) -> float:
        """Send requests to an endpoint that does nothing; return requests a second."""
        return await self._measure("baseline", "/ceiling", JOINED_STATUS)

    async def _measure(self, server: Server, path: str, expected_status: int) -> float:
        requests = [build_post(path, token, {"role": "guest"}) for token in self.workload.tokens]
        seconds, statuses = await send_concurrently(
            self.folder / server, requests, CONCURRENT_CONNECTIONS
        )
        if statuses != {expected_status: len(requests)}:
            raise UnexpectedStatus(f"{server} {path}: {dict(statuses)}")
        return len(requests) / seconds


@asynccontextmanager
async def join_benchmark(servers: BenchServers, rounds: int) -> AsyncIterator[JoinBenchmark]:
    """Start both servers, with events for `rounds` rounds of each."""
    prefix = f"b{secrets.token_hex(4)}."
    await topology.declare(servers.amqp_url, BINDINGS, prefix=prefix)
    async with servers.database() as urls:
        workload = await create_workload(urls["intake"], rounds)
        prepared_servers = replace(
            servers, template=urls["intake"].rpartition("/")[2].partition("?")[0]
        )
        with TemporaryDirectory(prefix="linli") as name:
            benchmark = JoinBenchmark(workload, Path(name), {"ours": 0, "baseline": 0})
            broker = {"LINLI_AMQP_URL": servers.amqp_url, "LINLI_AMQP_PREFIX": prefix}
            async with (
                _server("ours", prepared_servers, benchmark.folder, broker),
                _server("baseline", prepared_servers, benchmark.folder, broker),
            ):
                yield benchmark
    await topology.remove(servers.amqp_url, frozenset(BINDINGS), prefix=prefix)


@asynccontextmanager
async def _server(
    server: Server, servers: BenchServers, folder: Path, broker: Mapping[str, str]
) -> AsyncIterator[None]:
    socket = folder / server
    environment = {
        **{f"LINLI_{name.upper()}": value for name, value in SECRETS.items()},
        "LINLI_TOKEN_PRIVATE_KEY": PRIVATE_KEY,
        "LINLI_VOLUNTEERS_URL": "unix:/nonexistent/volunteers",
        "LINLI_NOTIFY_URL": "unix:/nonexistent/notify",
        "LINLI_BIND": f"unix:{socket}",
        "LINLI_LOG_LEVEL": "WARNING",
        # All guests have one address: requests are counted as deployed, but never refused.
        "LINLI_RATE_ADDRESS": "1000000000",
        **broker,
    }
    async with servers.database() as urls:
        with _server_process(
            SERVER_MODULES[server], {**environment, "LINLI_DATABASE_URL": urls["intake"]}
        ):
            await _wait_until_listening(socket)
            yield


@contextmanager
def _server_process(module: tuple[str, ...], environment: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *module], env={**os.environ, **environment}, start_new_session=True
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(TIMEOUT_SECONDS)


async def _wait_until_listening(socket: Path) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while True:
            try:
                client = await Client.connect(socket)
            except OSError:
                await asyncio.sleep(POLL_INTERVAL_SECONDS)
            else:
                await client.close()
                return
