"""Joining: how many neighbours get a place in one event a second, beside the baseline by hand.

Three processes on each side: this one, which is the crowd; the server, `linli serve intake` as it
is deployed (its relay, consumer and ticker run) or the baseline; and Postgres, with a copy of the
same database for each.
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
from tests.bench.concurrent_joins import Client, Refused, post, rush
from tests.bench.fixtures import Ground
from tests.bench.upstreams import Crowd, gathered
from tests.support.system import BINDINGS, PRIVATE_KEY, SECRETS

PATIENCE = 30.0
POLL = 0.05
AT_ONCE = 16
JOINED, REFUSED = 200, 409
Server = Literal["ours", "baseline"]
MODULES: Mapping[Server, tuple[str, ...]] = {
    "ours": ("services.cli.main", "serve", "intake"),
    "baseline": ("tests.bench.baseline_join",),
}


@dataclass
class Doors:
    """The two servers behind their sockets, and the crowd before them."""

    crowd: Crowd
    folder: Path
    _next_event: dict[Server, int]

    async def join(self, server: Server) -> float:
        """The whole crowd joins an event that nobody has joined yet; joins a second."""
        event = self.crowd.events[self._next_event[server]]
        self._next_event[server] += 1
        return await self._rush(server, f"/events/{event}/join", JOINED)

    async def knock(self, server: Server) -> float:
        """The whole crowd wants to join an event that is full; refusals a second."""
        return await self._rush(server, f"/events/{self.crowd.full}/join", REFUSED)

    async def ceiling(self) -> float:
        """What the crowd can ask at most, of a server that does nothing; requests a second."""
        return await self._rush("baseline", "/ceiling", JOINED)

    async def _rush(self, server: Server, path: str, wanted: int) -> float:
        requests = [post(path, token, {"role": "guest"}) for token in self.crowd.tokens]
        seconds, statuses = await rush(self.folder / server, requests, AT_ONCE)
        if statuses != {wanted: len(requests)}:
            raise Refused(f"{server} {path}: {dict(statuses)}")
        return len(requests) / seconds


@asynccontextmanager
async def doors(ground: Ground, rounds: int) -> AsyncIterator[Doors]:
    """Both servers, with events for so many rounds of each, the first of which warms up."""
    prefix = f"b{secrets.token_hex(4)}."
    await topology.declare(ground.amqp_url, BINDINGS, prefix=prefix)
    async with ground.database() as urls:
        crowd = await gathered(urls["intake"], rounds)
        filled = replace(ground, template=urls["intake"].rpartition("/")[2].partition("?")[0])
        with TemporaryDirectory(prefix="linli") as name:
            opened = Doors(crowd, Path(name), {"ours": 0, "baseline": 0})
            broker = {"LINLI_AMQP_URL": ground.amqp_url, "LINLI_AMQP_PREFIX": prefix}
            async with (
                _served("ours", filled, opened.folder, broker),
                _served("baseline", filled, opened.folder, broker),
            ):
                yield opened
    await topology.remove(ground.amqp_url, frozenset(BINDINGS), prefix=prefix)


@asynccontextmanager
async def _served(
    server: Server, filled: Ground, folder: Path, broker: Mapping[str, str]
) -> AsyncIterator[None]:
    socket = folder / server
    environment = {
        **{f"LINLI_{name.upper()}": value for name, value in SECRETS.items()},
        "LINLI_TOKEN_PRIVATE_KEY": PRIVATE_KEY,
        "LINLI_VOLUNTEERS_URL": "unix:/nonexistent/volunteers",
        "LINLI_NOTIFY_URL": "unix:/nonexistent/notify",
        "LINLI_BIND": f"unix:{socket}",
        "LINLI_LOG_LEVEL": "WARNING",
        # The whole crowd has one address: it is counted, and may ask as often as it can.
        "LINLI_RATE_ADDRESS": "1000000000",
        **broker,
    }
    async with filled.database() as urls:
        with _running(MODULES[server], {**environment, "LINLI_DATABASE_URL": urls["intake"]}):
            await _answering(socket)
            yield


@contextmanager
def _running(module: tuple[str, ...], environment: Mapping[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *module], env={**os.environ, **environment}, start_new_session=True
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def _answering(socket: Path) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                client = await Client.connected(socket)
            except OSError:
                await asyncio.sleep(POLL)
            else:
                await client.close()
                return
