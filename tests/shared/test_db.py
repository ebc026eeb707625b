"""The connection pool: closed connections, and the cost of a checkout."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import make_engine
from tests.support.api_clients import eventually


@pytest.fixture
async def engine(database_urls: dict[str, str]) -> AsyncIterator[AsyncEngine]:
    """An engine with two connections in its pool."""
    pool = make_engine(database_urls["intake"], schema="intake")
    async with pool.connect(), pool.connect():
        pass
    yield pool
    await pool.dispose()


async def test_connections_that_the_server_closed_are_replaced(
    engine: AsyncEngine, database_urls: dict[str, str]
) -> None:
    drivers = await _driver_connections(engine)
    assert len(drivers) == 2
    await _close_all(database_urls["intake"])

    async def noticed() -> bool:
        return all(driver.is_closed() for driver in drivers)

    await eventually(noticed)
    for _ in drivers:
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1


async def test_checkout_sends_no_query_of_its_own(engine: AsyncEngine) -> None:
    queries: list[str] = []
    for driver in await _driver_connections(engine):
        driver.add_query_logger(lambda record: queries.append(record.query))
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    # The logger doesn't report prepared statements.
    assert queries == ["BEGIN;", "ROLLBACK;"]


async def _driver_connections(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as one, engine.connect() as other:
        raw_connections = [await connection.get_raw_connection() for connection in (one, other)]
        return [raw.driver_connection for raw in raw_connections]


async def _close_all(url: str) -> None:
    """Close every other connection to this database, as a restart of the server does."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
