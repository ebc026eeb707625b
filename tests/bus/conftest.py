"""A database of the bus's tests, and a rig over either transport."""

import os
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.bus.migrations import create_v1
from shared.db import make_engine
from tests.bus.rig import Rig

SERVICES = ("intake", "volunteers", "notify")
_TABLES = (
    "CREATE TABLE seen (place bigint GENERATED ALWAYS AS IDENTITY, message_id text, subject text,"
    " title text)",
    "CREATE TABLE tallies (name text PRIMARY KEY, total int NOT NULL DEFAULT 0)",
    "CREATE TABLE parents (id text PRIMARY KEY)",
    "CREATE TABLE children (parent text REFERENCES parents DEFERRABLE INITIALLY DEFERRED)",
)


class Operations:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def execute(self, sqltext: Any) -> Any:
        return self._conn.exec_driver_sql(sqltext)


@pytest.fixture(scope="session")
def amqp_url() -> str:
    return os.environ.get("LINLI_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/")


@pytest.fixture(scope="session")
async def bus_database_url() -> AsyncIterator[str]:
    """A fresh database with the bus's tables in a schema for each service."""
    server = os.environ.get("LINLI_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432")
    admin = create_async_engine(
        f"{_asyncpg(server).rstrip('/').removesuffix('/postgres')}/postgres",
        isolation_level="AUTOCOMMIT",
    )
    name = f"linli_bus_{secrets.token_hex(4)}"
    async with admin.connect() as conn:
        await conn.execute(text(f"CREATE DATABASE {name}"))
    url = f"{server.rstrip('/').removesuffix('/postgres')}/{name}"
    for service in SERVICES:
        engine = make_engine(url, schema=service)
        async with engine.begin() as conn:
            await _create(conn, service)
        await engine.dispose()
    yield url
    async with admin.connect() as conn:
        await conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.dispose()


@pytest.fixture
async def clean_database_url(bus_database_url: str) -> AsyncIterator[str]:
    """The database, emptied afterwards by DELETE: TRUNCATE would wait for open relay turns."""
    yield bus_database_url
    tables = ("outbox", "sent", "inbox", "jobs", "seen", "tallies", "children", "parents")
    for service in SERVICES:
        engine = make_engine(bus_database_url, schema=service)
        async with engine.begin() as conn:
            for table in tables:
                await conn.execute(text(f"DELETE FROM {table}"))
        await engine.dispose()


@pytest.fixture(params=["inprocess", "rabbit"])
async def rig(
    request: pytest.FixtureRequest, clean_database_url: str, amqp_url: str
) -> AsyncIterator[Rig]:
    """Replicas over both transports, one after the other."""
    made = Rig(request.param, clean_database_url, amqp_url)
    yield made
    await made.close()


@pytest.fixture
async def inprocess_rig(clean_database_url: str) -> AsyncIterator[Rig]:
    """Replicas over the in-process transport."""
    made = Rig("inprocess", clean_database_url, "")
    yield made
    await made.close()


@pytest.fixture
async def rabbit_rig(clean_database_url: str, amqp_url: str) -> AsyncIterator[Rig]:
    """Replicas over RabbitMQ."""
    made = Rig("rabbit", clean_database_url, amqp_url)
    yield made
    await made.close()


async def _create(conn: AsyncConnection, service: str) -> None:
    await conn.execute(text(f"CREATE SCHEMA {service}"))
    await conn.run_sync(lambda sync: create_v1(Operations(sync)))
    for table in _TABLES:
        await conn.execute(text(table))


def _asyncpg(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)
