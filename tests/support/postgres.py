"""A real Postgres for the tests: the embedded one, private to the run, or the one named."""

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

TEMPLATE_PREFIX = "linli_test_template"


@contextmanager
def server() -> Iterator[str]:
    """The URL of a superuser of a running server."""
    if named := os.environ.get("LINLI_TEST_DATABASE_URL"):
        yield named
        return
    # A short path: the socket is in it.
    data = Path(tempfile.mkdtemp(prefix="linli-pg-"))
    try:
        admin_url = embedded.start(data)
        yield admin_url
    finally:
        embedded.stop(data)
        shutil.rmtree(data, ignore_errors=True)


def with_database(url: str, database: str, user: str | None = None) -> str:
    """The same server, another database, perhaps another role."""
    changed = make_url(url).set(database=database)
    if user is not None:
        changed = changed.set(username=user, password=ROLE_PASSWORD)
    return changed.render_as_string(hide_password=False)


ROLE_PASSWORD = "linli-tests"


def role_urls(admin_url: str, database: str) -> dict[str, str]:
    """The URL of each service's own role in a database."""
    return {name: with_database(admin_url, database, f"linli_{name}") for name in SERVICES}


async def make_template(admin_url: str) -> str:
    """A migrated database to copy; its name."""
    name = f"{TEMPLATE_PREFIX}_{uuid4().hex[:8]}"
    await _administer(admin_url, f"CREATE DATABASE {name}")
    urls = role_urls(admin_url, name)
    await make_roles(with_database(admin_url, name), urls)
    await make_tables(urls)
    return name


async def copy_database(admin_url: str, template: str) -> dict[str, str]:
    """A fresh copy of the template; the URL of each service's own role in it."""
    name = f"linli_test_{uuid4().hex[:12]}"
    await _administer(admin_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    urls = role_urls(admin_url, name)
    await make_roles(with_database(admin_url, name), urls)
    return urls


async def drop_database(admin_url: str, database: str) -> None:
    """Take a database away, whoever still uses it."""
    await _administer(admin_url, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


async def _administer(admin_url: str, statement: str) -> None:
    connection = await asyncpg.connect(with_database(admin_url, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
