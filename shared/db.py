"""The database as services use it: metadata, engines, sessions."""

from typing import Any

from sqlalchemy import DateTime, MetaData, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from shared.sealing import Sealer
from shared.state_key import StateKey

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TimestampTZ = DateTime(timezone=True)
# The tables that every service's schema has: of the bus, of timed jobs, of idempotency keys.
shared_metadata = MetaData()
_SEALER = StateKey[Sealer]("sealer")


def metadata() -> MetaData:
    """Make the MetaData of a service, with names for every constraint."""
    return MetaData(naming_convention=NAMES)


def make_engine(url: str, *, schema: str, name: str = "", pool_size: int = 8) -> AsyncEngine:
    """Make an engine whose sessions live in `schema`, in UTC, and never wait long for a lock.

    `url` is `postgresql://…`; `name` shows in pg_stat_activity.
    """
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,  # What residents wrote belongs in no log.
        connect_args={
            "timeout": 10,
            "server_settings": {
                "search_path": schema,
                "timezone": "UTC",
                "application_name": f"linli {name or schema}",
                "lock_timeout": "2s",
                "statement_timeout": "10s",
                "tcp_keepalives_idle": "15",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _replace_closed)
    return engine


def _replace_closed(connection: Any, _record: object, _fairy: object) -> None:
    """Check out no connection that the server has closed; invalidate the whole pool then.

    The driver notices a closed connection at once. Asking the server instead (`pool_pre_ping`)
    takes three round trips each time, and a silent server keeps the ping waiting as it would keep
    the request.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def make_sessions(engine: AsyncEngine, sealer: Sealer) -> async_sessionmaker[AsyncSession]:
    """Make sessions whose objects stay readable after the commit, with the service's sealer."""
    return async_sessionmaker(engine, expire_on_commit=False, info={_SEALER.name: sealer})


def sealer_of(tx: AsyncSession) -> Sealer:
    """Return the sealer with which this service seals and unseals personal data."""
    return _SEALER.get(tx.info)
