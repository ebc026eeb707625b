"""The connection pool: closed connections, and the cost of a checkout."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db import Timeouts, make_engine
from shared.db_errors import is_unavailable
from tests.support.api_clients import eventually
from tests.support.proxy import Proxy


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


async def test_silent_connection_is_given_up(database_urls: dict[str, str]) -> None:
    url = make_url(database_urls["intake"])
    async with Proxy(socket=Path(f"{url.query['host']}/.s.PGSQL.5432")) as proxy:
        through_proxy = url.set(host="127.0.0.1", port=proxy.port, query={})
        pool = make_engine(
            through_proxy.render_as_string(hide_password=False),
            schema="intake",
            timeouts=Timeouts(command_seconds=0.2),
        )
        async with asyncio.timeout(20):
            async with pool.connect() as connection:
                await connection.execute(text("SELECT 1"))
                proxy.fall_silent()
                with pytest.raises(TimeoutError) as caught:
                    await connection.execute(text("SELECT 2"))
                assert connection.invalidated
            assert is_unavailable(caught.value)
            proxy.restore()
            async with pool.connect() as connection:
                assert await connection.scalar(text("SELECT 3")) == 3
            await pool.dispose()


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
