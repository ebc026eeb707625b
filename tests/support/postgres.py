"""A real Postgres for the tests: that of LINLI_TEST_DATABASE_URL, or an embedded one of the run."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
from sqlalchemy import make_url

from services.cli import embedded
from services.cli.migrate import SERVICES, make_roles, make_tables

# As in the composed deployment.
MAX_CONNECTIONS = 300
TEMPLATE_PREFIX = "linli_test_template"


@contextmanager
def server() -> Iterator[str]:
    """Run a server; yield the URL of its superuser."""
    if url := os.environ.get("LINLI_TEST_DATABASE_URL"):
        yield url
        return
    # The path must be short, because the socket's path contains it.
    data = Path(tempfile.mkdtemp(prefix="linli-pg-"))
    try:
        yield start_with_many_connections(data)
    finally:
        embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


def start_with_many_connections(data: Path) -> str:
    """Start an embedded server for many replicas at once; return the URL of its superuser."""
    embedded.start(data)
    embedded.stop(data)
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(f"max_connections = {MAX_CONNECTIONS}\n")
    return embedded.start(data)


def with_database(url: str, database: str, user: str | None = None) -> str:
    """Return `url` with another database and, if `user` is given, another role."""
    changed = make_url(url).set(database=database)
    if user is not None:
        changed = changed.set(username=user, password=ROLE_PASSWORD)
    return changed.render_as_string(hide_password=False)


ROLE_PASSWORD = "linli-tests"


def role_urls(admin_url: str, database: str) -> dict[str, str]:
    """Return the URL of each service's own role in `database`."""
    return {name: with_database(admin_url, database, f"linli_{name}") for name in SERVICES}


async def make_template(admin_url: str) -> str:
    """Create a migrated database to copy; return its name."""
    name = f"{TEMPLATE_PREFIX}_{uuid4().hex[:8]}"
    await _administer(admin_url, f"CREATE DATABASE {name}")
    urls = role_urls(admin_url, name)
    await make_roles(with_database(admin_url, name), urls)
    await make_tables(urls)
    return name


async def copy_database(admin_url: str, template: str) -> dict[str, str]:
    """Copy the template; return the URL of each service's own role in the copy."""
    name = f"linli_test_{uuid4().hex[:12]}"
    await _administer(admin_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    urls = role_urls(admin_url, name)
    await make_roles(with_database(admin_url, name), urls)
    return urls


async def drop_database(admin_url: str, database: str) -> None:
    """Drop a database, even while others use it."""
    await _administer(admin_url, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


async def _administer(admin_url: str, statement: str) -> None:
    connection = await asyncpg.connect(with_database(admin_url, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
