"""The volunteers service on a database of its own, with a new station for each test."""

import base64
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import httpx
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.main import SERVICE
from shared.auth import Actor, Role, issue_token
from shared.bus.message import bindings
from shared.bus.transport.in_process import InProcessTransport
from shared.ids import new_id
from shared.runtime.runtime import Runtime

KEY = Ed25519PrivateKey.generate()
MakeClient = Callable[..., httpx.AsyncClient]


@pytest.fixture(scope="module")
async def runtime(module_database_urls: dict[str, str]) -> AsyncIterator[Runtime]:
    """Yield a replica without its background tasks: recorded messages stay in the outbox."""
    settings = SERVICE.settings.read(
        database_url=module_database_urls["volunteers"],
        secret_keys=Fernet.generate_key().decode(),
        lookup_key="a-look-up-key-of-the-tests-32-bytes",
        token_public_key=base64.b64encode(KEY.public_key().public_bytes_raw()).decode(),
    )
    transport = InProcessTransport({SERVICE.name: bindings(SERVICE.handlers)})
    replica = Runtime(SERVICE, settings, transport)
    yield replica
    await replica.close()


@pytest.fixture
async def tx(runtime: Runtime) -> AsyncIterator[AsyncSession]:
    """Yield a transaction that is rolled back."""
    async with runtime.sessions() as session:
        yield session
        await session.rollback()


@pytest.fixture
def station() -> UUID:
    """Return the id of a station of this test alone."""
    return new_id()


@pytest.fixture
async def client(runtime: Runtime, station: UUID) -> AsyncIterator[MakeClient]:
    """Yield a factory of clients with roles, in the test's station unless `of` is given."""
    transport = httpx.ASGITransport(app=runtime.app, raise_app_exceptions=False)

    def make(
        *roles: Role, person: UUID | None = None, of: UUID | None = None, language: str = ""
    ) -> httpx.AsyncClient:
        actor = Actor(of or station, person or new_id(), frozenset(roles))
        token = issue_token(actor, KEY, SERVICE.name)
        headers = {"Authorization": f"Bearer {token}"}
        if language:
            headers["Accept-Language"] = language
        return httpx.AsyncClient(
            transport=transport, base_url="http://volunteers/api/v1", headers=headers
        )

    yield make
    await transport.aclose()
