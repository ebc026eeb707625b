"""A system that runs on the database of an earlier version."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from services.cli import embedded
from services.cli.migrate import make_roles, migrate
from tests.support import postgres, settings
from tests.support.system import RunningSystem
from tests.upgrade.dump import DUMPS, Dump


@pytest.fixture(scope="module", params=sorted(path.name for path in DUMPS.iterdir()))
def dump(request: pytest.FixtureRequest) -> Dump:
    """Return a dump; each test works on each of them."""
    return Dump.read(request.param)


@pytest.fixture(scope="module")
async def module_database_urls(dump: Dump, admin_url: str) -> AsyncIterator[dict[str, str]]:
    """Restore the dump and migrate it; use its secrets."""
    name = f"linli_test_{uuid4().hex[:12]}"
    await embedded.make_database(admin_url, name)
    database_url = postgres.with_database(admin_url, name)
    urls = postgres.role_urls(admin_url, name)
    await make_roles(database_url, urls)
    await dump.restore(database_url, urls)
    with pytest.MonkeyPatch.context() as patch:
        for service, url in {"admin": database_url, **urls}.items():
            patch.setenv(f"LINLI_{service.upper()}_DATABASE_URL", url)
        await migrate()
        secrets = dict(dump.secrets)
        patch.setattr(settings, "PRIVATE_KEY", secrets.pop("token_private_key"))
        patch.setattr(settings, "SECRETS", secrets)
        yield urls
    await postgres.drop_database(admin_url, name)


@pytest.fixture
async def client(running_system: RunningSystem) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of the gateway."""
    async with running_system.client() as client:
        yield client
