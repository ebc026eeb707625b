"""Fixtures of the bus's tests: a database, and a harness over either transport."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.bus.migrations import LATEST, create_version
from shared.db import make_engine
from tests.bus.harness import BusHarness
from tests.support.postgres import drop_database, with_database

SERVICES = ("intake", "volunteers", "notify")
_TABLES = (
    "CREATE TABLE handled (place bigint GENERATED ALWAYS AS IDENTITY, message_id text,"
    " subject text, title text)",
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
async def bus_database_url(admin_url: str) -> AsyncIterator[str]:
    """Create a database with the bus's tables in a schema for each service."""
    name = f"linli_bus_{secrets.token_hex(4)}"
    await _administer(admin_url, f"CREATE DATABASE {name}")
    url = with_database(admin_url, name)
    for service in SERVICES:
        engine = make_engine(url, schema=service)
        async with engine.begin() as conn:
            await _create_schema(conn, service)
        await engine.dispose()
    yield url
    await drop_database(admin_url, name)


@pytest.fixture
async def clean_database_url(bus_database_url: str) -> AsyncIterator[str]:
    """Empty the database after the test by DELETE: TRUNCATE would wait for open relay batches."""
    yield bus_database_url
    tables = (
        "outbox",
        "sent",
        "inbox",
        "redrives",
        "sent_hours",
        "received_hours",
        "jobs",
        "handled",
        "tallies",
        "children",
        "parents",
    )
    for service in SERVICES:
        engine = make_engine(bus_database_url, schema=service)
        async with engine.begin() as conn:
            for table in tables:
                await conn.execute(text(f"DELETE FROM {table}"))
        await engine.dispose()


@pytest.fixture(params=["inprocess", "rabbit"])
async def harness(
    request: pytest.FixtureRequest, clean_database_url: str, amqp_url: str
) -> AsyncIterator[BusHarness]:
    """Provide replicas over both transports, one after the other."""
    bus_harness = BusHarness(request.param, clean_database_url, amqp_url)
    yield bus_harness
    await bus_harness.close()


@pytest.fixture
async def inprocess_harness(clean_database_url: str) -> AsyncIterator[BusHarness]:
    """Provide replicas over the in-process transport."""
    bus_harness = BusHarness("inprocess", clean_database_url, "")
    yield bus_harness
    await bus_harness.close()


@pytest.fixture
async def rabbit_harness(clean_database_url: str, amqp_url: str) -> AsyncIterator[BusHarness]:
    """Provide replicas over RabbitMQ."""
    bus_harness = BusHarness("rabbit", clean_database_url, amqp_url)
    yield bus_harness
    await bus_harness.close()


async def _create_schema(conn: AsyncConnection, service: str) -> None:
    await conn.execute(text(f"CREATE SCHEMA {service}"))
    await conn.run_sync(_create_bus)
    for table in _TABLES:
        await conn.execute(text(table))


def _create_bus(conn: Connection) -> None:
    for version in range(1, LATEST + 1):
        create_version(Operations(conn), version)


async def _administer(admin_url: str, statement: str) -> None:
    engine = make_engine(with_database(admin_url, "postgres"), schema="public")
    async with engine.connect() as conn:
        autocommit = await conn.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(statement))
    await engine.dispose()
