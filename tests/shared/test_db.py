"""The pool: what happens to connections that the server has closed."""

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
    made = make_engine(database_urls["intake"], schema="intake")
    async with made.connect(), made.connect():
        pass
    yield made
    await made.dispose()


async def test_connections_that_the_server_closed_are_replaced_unseen(
    engine: AsyncEngine, database_urls: dict[str, str]
) -> None:
    drivers = await _driver_connections(engine)
    await _close_all(database_urls["intake"])

    async def noticed() -> bool:
        return all(driver.is_closed() for driver in drivers)

    await eventually(noticed)
    for _ in drivers:
        async with engine.connect() as connection:
            assert await connection.scalar(text("SELECT 1")) == 1


async def test_a_connection_is_lent_without_asking_the_server(engine: AsyncEngine) -> None:
    asked: list[str] = []
    for driver in await _driver_connections(engine):
        driver.add_query_logger(lambda record: asked.append(record.query))
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    # BEGIN and ROLLBACK; what is prepared is not told of.
    assert len(asked) <= 2


async def _driver_connections(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as one, engine.connect() as other:
        lent = [await connection.get_raw_connection() for connection in (one, other)]
        return [raw.driver_connection for raw in lent]


async def _close_all(url: str) -> None:
    """Close every connection of this role to this database but one's own, as a restart does."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
