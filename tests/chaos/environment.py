"""A deployment that tests may break: its processes, database and broker, with proxies between."""

import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
from sqlalchemy import make_url

from services.cli import embedded
from services.cli.migrate import BINDINGS, make_roles, make_tables
from shared.bus.transport import topology
from tests.support import postgres, rabbitmq
from tests.support.proxy import Proxy
from tests.support.rabbitmq import Node
from tests.support.settings import PRIVATE_KEY, SECRETS

DATABASE = "linli"
REPLICAS_PER_SERVICE = {"intake": 2, "volunteers": 2, "notify": 2}
POSTGRES_SOCKET_NAME = ".s.PGSQL.5432"
STARTUP_TIMEOUT_SECONDS = 60.0
POLL_INTERVAL_SECONDS = 0.05


@dataclass
class Replica:
    """One process of a service."""

    service: str
    number: int
    folder: Path
    environment: Mapping[str, str]
    process: asyncio.subprocess.Process | None = None
    is_clock_shifted: bool = False
    is_next: bool = False

    @property
    def socket_path(self) -> Path:
        """The Unix socket on which the replica listens."""
        return self.folder / f"{self.service}{self.number}.sock"

    @property
    def clock_shift_file(self) -> Path:
        """The file with the seconds by which the replica's clock is wrong."""
        return self.socket_path.with_suffix(".jump")

    @property
    def crash_file(self) -> Path:
        """The file that makes the process die between a confirm and the deletion of the rows."""
        return self.socket_path.with_suffix(".crash")

    async def start(self) -> None:
        """Start the process, which answers requests a little later."""
        self.clock_shift_file.write_text("0")
        self.is_clock_shifted = False
        self.crash_file.unlink(missing_ok=True)
        arguments = [self.service, str(self.clock_shift_file), str(self.crash_file)]
        if self.is_next:
            arguments.append("next")
        command = (sys.executable, "-m", "tests.chaos.replica", *arguments)
        with (self.folder / f"{self.service}{self.number}.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                env={**self.environment, "LINLI_BIND": f"unix:{self.socket_path}"},
                stdout=log,
                stderr=log,
            )

    async def crash_before_delete(self, *, timeout_seconds: float) -> list[str]:
        """Let the process die between the broker's confirm and the deletion of the rows.

        Return the ids of the confirmed messages. A process that relays nothing within
        `timeout_seconds` is killed, and the list is empty.
        """
        assert self.process is not None
        self.crash_file.touch()
        try:
            await asyncio.wait_for(self.process.wait(), timeout_seconds)
        except TimeoutError:
            await self.kill()
        return self.crash_file.read_text().split()

    def shift_clock(self, seconds: float) -> None:
        """Make the replica's clock wrong by `seconds`."""
        self.clock_shift_file.write_text(str(seconds))
        self.is_clock_shifted = seconds != 0
        self.signal(signal.SIGUSR1)

    def signal(self, signum: signal.Signals) -> None:
        """Send a signal to the process if it runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signum)

    async def kill(self) -> None:
        """Kill the process as a loss of power would."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGKILL)
        if self.process is not None:
            await self.process.wait()

    async def get(self, path: str) -> httpx.Response:
        """Return the replica's own answer. Raises: TransportError."""
        transport = httpx.AsyncHTTPTransport(uds=str(self.socket_path))
        async with httpx.AsyncClient(transport=transport, base_url="http://replica") as client:
            return await client.get(path, timeout=5)

    async def is_ready(self) -> bool:
        """Return whether the replica reports that it is ready."""
        try:
            return (await self.get("/health/ready")).status_code == 200
        except httpx.TransportError:
            return False


@dataclass
class ChaosEnvironment:
    """A whole deployment, with the ways to break and to restore it."""

    folder: Path
    admin_url: str
    node: Node
    broker: Proxy
    database: Proxy
    replicas: list[Replica] = field(default_factory=list)
    publisher_url: str = ""
    flood_count: int = 0

    @property
    def data_folder(self) -> Path:
        """The folder of the database's files."""
        return self.folder / "pg"

    async def fetch_value(self, statement: str) -> str:
        """Return the one value of `statement`, run as superuser past the proxy; empty for none."""
        connection = await asyncpg.connect(postgres.with_database(self.admin_url, DATABASE))
        try:
            return str(await connection.fetchval(statement) or "")
        finally:
            await connection.close()

    async def administer(self, *statements: str) -> None:
        """Run statements as superuser in a database of its own."""
        connection = await asyncpg.connect(postgres.with_database(self.admin_url, "postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    def replicas_of(self, service: str) -> list[Replica]:
        """Return the replicas of a service."""
        return [replica for replica in self.replicas if replica.service == service]

    async def restart_database(self, *, crash: bool) -> None:
        """Stop the database and start it again on the same data."""
        mode = "immediate" if crash else "fast"
        await asyncio.to_thread(embedded.stop, self.data_folder, mode=mode)
        self.admin_url = await asyncio.to_thread(embedded.start, self.data_folder)
        # The server may choose another folder for its socket at each start.
        self.database.socket = unix_socket_of(self.admin_url)

    async def restart_broker(self) -> None:
        """Kill the broker and start it again on the same data."""
        await asyncio.to_thread(self.node.kill)
        await asyncio.to_thread(self.node.start)

    async def restore(self) -> None:
        """Reconnect, resume and start everything, and wait until every replica is ready."""
        for proxy in (self.broker, self.database):
            proxy.restore()
        for replica in self.replicas:
            replica.signal(signal.SIGCONT)
            if replica.is_clock_shifted:
                replica.shift_clock(0)
            if replica.process is None or replica.process.returncode is not None:
                await replica.start()
        async with asyncio.timeout(STARTUP_TIMEOUT_SECONDS):
            for replica in self.replicas:
                while not await replica.is_ready():  # noqa: ASYNC110 - it is another process
                    await asyncio.sleep(POLL_INTERVAL_SECONDS)

    def logs(self) -> str:
        """Return the last lines of every replica's log."""
        sections = []
        for file in sorted(self.folder.glob("*.log")):
            lines = file.read_text(errors="replace").splitlines()
            own_lines = [line[:300] for line in lines if "aiormq" not in line]
            sections.append("\n".join([f"== {file.stem}", *own_lines[-8:]]))
        return "\n".join(sections)


def unix_socket_of(url: str) -> Path:
    """Return the path of a server's Unix socket."""
    return Path(str(make_url(url).query["host"])) / POSTGRES_SOCKET_NAME


class RandomReplicaTransport(httpx.AsyncBaseTransport):
    """A transport that sends each request to a random replica, as an edge may."""

    def __init__(self, replicas: list[Replica], rng: random.Random) -> None:
        self._transports = [httpx.AsyncHTTPTransport(uds=str(one.socket_path)) for one in replicas]
        self._rng = rng

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request` to a random replica."""
        return await self._rng.choice(self._transports).handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for transport in self._transports:
            await transport.aclose()


@asynccontextmanager
async def start_environment() -> AsyncIterator[ChaosEnvironment]:
    """Start a deployment with two replicas of each service."""
    # The path is short, because the paths of the Unix sockets in it have a limit.
    folder = Path(tempfile.mkdtemp(prefix="linli-ch-"))
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        node = stack.enter_context(rabbitmq.private_node())
        stack.callback(embedded.stop, folder / "pg")
        admin_url = postgres.start_with_many_connections(folder / "pg")
        await embedded.make_database(admin_url, DATABASE)
        urls = postgres.role_urls(admin_url, DATABASE)
        await make_roles(postgres.with_database(admin_url, DATABASE), urls)
        await make_tables(urls)
        await topology.declare(node.url, BINDINGS)
        broker = await stack.enter_async_context(Proxy(node.url))
        database = Proxy(socket=unix_socket_of(admin_url))
        await database.listen(folder / POSTGRES_SOCKET_NAME)
        stack.push_async_exit(database.__aexit__)
        environment = ChaosEnvironment(folder, admin_url, node, broker, database)
        stack.push_async_callback(_kill_all, environment)
        environment.replicas += [
            Replica(service, number, folder, _environment(environment, urls[service]))
            for service, count in REPLICAS_PER_SERVICE.items()
            for number in range(count)
        ]
        await environment.restore()
        yield environment


def _environment(environment: ChaosEnvironment, url: str) -> dict[str, str]:
    through_proxy = make_url(url).set(query={"host": str(environment.folder)})
    return {
        "PATH": os.environ.get("PATH", ""),
        "LINLI_DATABASE_URL": through_proxy.render_as_string(hide_password=False),
        "LINLI_AMQP_URL": environment.broker.url,
        "LINLI_TOKEN_PRIVATE_KEY": PRIVATE_KEY,
        "LINLI_VOLUNTEERS_URL": f"unix:{environment.folder / 'volunteers0.sock'}",
        "LINLI_NOTIFY_URL": f"unix:{environment.folder / 'notify0.sock'}",
        "LINLI_LOG_LEVEL": "WARNING",
        **{f"LINLI_{name.upper()}": value for name, value in SECRETS.items()},
        **dict.fromkeys(("LINLI_RATE_PERSON", "LINLI_RATE_ANONYMOUS", "LINLI_RATE_ADDRESS"), "0"),
    }


async def _kill_all(environment: ChaosEnvironment) -> None:
    for replica in environment.replicas:
        await replica.kill()
