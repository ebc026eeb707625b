"""Set-up and update of a deployment: roles, schemas, tables, and the topology on the broker."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

import asyncpg
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url

import shared
from services.intake.main import SERVICE as INTAKE
from services.notify.main import SERVICE as NOTIFY
from services.volunteers.main import SERVICE as VOLUNTEERS
from shared import migrations
from shared.bus.message import bindings
from shared.bus.transport import topology
from shared.contracts.compatibility import RELEASED_FILE, load_release
from shared.contracts.registry import REGISTRY
from shared.settings import MissingSettings

SERVICES = {service.name: service for service in (INTAKE, VOLUNTEERS, NOTIFY)}
BINDINGS = {name: bindings(service.handlers) for name, service in SERVICES.items()}
MAX_ATTEMPTS = 10
# Errors of Postgres when another database of the same server changes a role at the same moment.
# Roles belong to the server but advisory locks only to a database, so no lock prevents them.
COLLISIONS = (
    asyncpg.InternalServerError,  # "tuple concurrently updated"
    asyncpg.UniqueViolationError,
    asyncpg.DuplicateObjectError,
)


class OtherVersionsRun(Exception):
    """Replicas of another version run; the message is a sentence for the operator."""

    def __init__(self, service: str, versions: Iterable[str]) -> None:
        super().__init__(
            f"Replicas of {service} run version {' and '.join(sorted(versions))}, and this is"
            f" {shared.VERSION}: drop bindings once only this version runs."
        )


class MigrateSettings(BaseSettings):
    """URLs of the databases and the broker, for accounts that may create objects there."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True, extra="ignore")

    admin_database_url: SecretStr
    intake_database_url: SecretStr
    volunteers_database_url: SecretStr
    notify_database_url: SecretStr
    admin_amqp_url: SecretStr | None = None
    amqp_prefix: str = ""

    @property
    def database_urls(self) -> dict[str, str]:
        """URL of each service's own role, by service."""
        return {
            "intake": self.intake_database_url.get_secret_value(),
            "volunteers": self.volunteers_database_url.get_secret_value(),
            "notify": self.notify_database_url.get_secret_value(),
        }


async def migrate() -> None:
    """Bring the databases and the broker of the environment to the newest version.

    Raises: MissingSettings.
    """
    settings = _read_settings()
    await make_roles(settings.admin_database_url.get_secret_value(), settings.database_urls)
    await make_tables(settings.database_urls)
    if settings.admin_amqp_url is not None:
        amqp = settings.admin_amqp_url.get_secret_value()
        await topology.declare(amqp, BINDINGS, prefix=settings.amqp_prefix)


async def drop_unused_bindings() -> None:
    """Unbind the queues from the types for which this version has no handler.

    Raises: MissingSettings; OtherVersionsRun while replicas of another version may handle them.
    """
    settings = _read_settings()
    for service, url in settings.database_urls.items():
        versions = await _running_versions(service, url)
        if versions - {shared.VERSION}:
            raise OtherVersionsRun(service, versions)
    if settings.admin_amqp_url is not None:
        released = load_release(RELEASED_FILE)[1] if RELEASED_FILE.exists() else {}
        await topology.drop_unused_bindings(
            settings.admin_amqp_url.get_secret_value(),
            BINDINGS,
            {*REGISTRY, *released},
            prefix=settings.amqp_prefix,
        )


async def _running_versions(service: str, url: str) -> set[str]:
    """Return the versions of a service's replicas by their heartbeats of the last 30 seconds."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            f"SELECT DISTINCT version FROM {service}.replicas"  # noqa: S608 - one of SERVICES
            " WHERE seen_at > now() - interval '30 seconds'"
        )
    finally:
        await connection.close()
    return {row["version"] for row in rows}


def _read_settings() -> MigrateSettings:
    try:
        return MigrateSettings()
    except ValidationError as error:
        raise MissingSettings(error) from None


async def make_roles(admin_url: str, urls: Mapping[str, str]) -> None:
    """Give each service a role with the password of its URL, and a schema that the role owns."""
    for attempt in range(1, MAX_ATTEMPTS):
        try:
            await _make_roles(admin_url, urls)
        except COLLISIONS:
            await asyncio.sleep(random.uniform(0.01, 0.1) * attempt)  # noqa: S311 - no secret
        else:
            return
    await _make_roles(admin_url, urls)


async def _make_roles(admin_url: str, urls: Mapping[str, str]) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        async with admin.transaction():
            await admin.execute("SELECT pg_advisory_xact_lock(hashtext('linli roles'))")
            await admin.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            await _run(admin, "REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC", None)
            for service, url in urls.items():
                await _make_role(admin, service, url)
    finally:
        await admin.close()


async def _make_role(admin: asyncpg.Connection, service: str, url: str) -> None:
    address = make_url(url)
    role = address.username
    exists = await admin.fetchval("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", role)
    if not exists:
        await _run(admin, "CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE", role)
    if address.password is not None:
        await _run(admin, "ALTER ROLE %I PASSWORD %L", role, unquote(str(address.password)))
    await _run(admin, "GRANT CONNECT ON DATABASE %2$I TO %1$I", role, None)
    await _run(admin, "CREATE SCHEMA IF NOT EXISTS %2$I AUTHORIZATION %1$I", role, service)


async def _run(admin: asyncpg.Connection, statement: str, *names: str | None) -> None:
    """Run `statement` with `names` quoted by the server; None stands for the database."""
    database = await admin.fetchval("SELECT current_database()")
    filled = [database if name is None else name for name in names]
    quoted = await admin.fetchval("SELECT format($1, VARIADIC $2::text[])", statement, filled)
    await admin.execute(quoted)


async def make_tables(urls: Mapping[str, str]) -> None:
    """Bring each service's schema to the newest version, one after another."""
    for name, service in SERVICES.items():
        await migrations.upgrade(service, urls[name])


async def check_tables(urls: Mapping[str, str]) -> None:
    """Compare the migrations of each service with its models. Raises: OutOfStep."""
    for name, service in SERVICES.items():
        await migrations.check(service, urls[name])
