"""Intake on a database of its own, with a new station for each test."""

import os
import secrets
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from services.intake.base import Base
from services.intake.main import SERVICE
from shared.auth import Actor, Role
from shared.bus.inprocess import InProcessTransport
from shared.bus.message import bindings
from shared.bus.migrations import create_v1
from shared.runtime import Runtime
from tests.intake.scene import Scene, Statements, settings


@pytest.fixture(scope="session")
async def intake_url() -> AsyncIterator[str]:
    """A fresh database with intake's tables."""
    server = os.environ.get("LINLI_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432")
    server = server.rstrip("/").removesuffix("/postgres")
    driver = server.replace("postgresql://", "postgresql+asyncpg://", 1)
    admin = create_async_engine(f"{driver}/postgres", isolation_level="AUTOCOMMIT")
    name = f"linli_intake_{secrets.token_hex(4)}"
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_async_engine(f"{driver}/{name}")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE SCHEMA intake"))
        await connection.execute(text("SET search_path = intake"))
        await connection.run_sync(lambda sync: create_v1(Statements(sync)))
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    yield f"{server}/{name}"
    async with admin.connect() as connection:
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await admin.dispose()


@pytest.fixture(scope="session")
async def runtime(intake_url: str) -> AsyncIterator[Runtime]:
    """A replica of intake whose background doesn't run: what it records stays in the outbox."""
    transport = InProcessTransport({"intake": bindings(SERVICE.handlers)})
    made = Runtime(SERVICE, settings(intake_url), transport)
    yield made
    await made.close()


@pytest.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who isn't signed in."""
    transport = httpx.ASGITransport(app=runtime.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://station") as made:
        yield made


@pytest.fixture
async def scene(runtime: Runtime, client: httpx.AsyncClient) -> Scene:
    """A new station with its desk and its administrator."""
    return await Scene.opened(runtime, client)


@pytest.fixture
async def elsewhere(runtime: Runtime, client: httpx.AsyncClient) -> Scene:
    """Another station beside the first."""
    return await Scene.opened(runtime, client)


@pytest.fixture
async def tx(runtime: Runtime) -> AsyncIterator[AsyncSession]:
    """A transaction that is rolled back."""
    async with runtime.sessions() as session:
        session.info["once"] = None
        yield session
        await session.rollback()


@pytest.fixture
def desk(scene: Scene) -> Actor:
    """Somebody at the desk of the station."""
    return Actor(scene.station.id, scene.desk.id_, frozenset({Role.STAFF}))
