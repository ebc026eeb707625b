"""The database as services use it: metadata, engines, sessions."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, DateTime, MetaData, bindparam, event, func
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from shared import clock
from shared.sealing import Sealer
from shared.state_key import StateKey

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
CONNECT_TIMEOUT_SECONDS = 10.0
TimestampTZ = DateTime(timezone=True)
# The tables that every service's schema has: of the bus, of timed jobs, of idempotency keys.
shared_metadata = MetaData()
_SEALER = StateKey[Sealer]("sealer")


@dataclass(frozen=True)
class Timeouts:
    """Time-outs of an engine's sessions: PostgreSQL's own, and ours for a server that is silent.

    A replica that is frozen inside a transaction loses its session after `idle_in_transaction`, and
    with it its locks. After `command_seconds` without an answer a connection is given up.
    """

    lock: str = "2s"
    statement: str = "10s"
    idle_in_transaction: str = "15s"
    command_seconds: float | None = 15.0


TIMEOUTS = Timeouts()
# For migrations and whatever else may take long.
NO_TIMEOUTS = Timeouts("60s", "0", "0", None)


def metadata() -> MetaData:
    """Make the MetaData of a service, with names for every constraint."""
    return MetaData(naming_convention=NAMES)


def make_engine(
    url: str,
    *,
    schema: str,
    name: str = "",
    pool_size: int = 8,
    timeouts: Timeouts = TIMEOUTS,
) -> AsyncEngine:
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
            "timeout": CONNECT_TIMEOUT_SECONDS,
            "command_timeout": timeouts.command_seconds,
            "server_settings": {
                "search_path": schema,
                "timezone": "UTC",
                "application_name": f"linli {name or schema}",
                "lock_timeout": timeouts.lock,
                "statement_timeout": timeouts.statement,
                "idle_in_transaction_session_timeout": timeouts.idle_in_transaction,
                "tcp_keepalives_idle": "15",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _replace_closed)
    event.listen(engine.sync_engine, "handle_error", _give_up_silent)
    return engine


def _replace_closed(connection: Any, _record: object, _fairy: object) -> None:
    """Check out no connection that the server has closed; invalidate the whole pool then.

    The driver notices a closed connection at once. Asking the server instead (`pool_pre_ping`)
    takes three round trips each time, and a silent server keeps the ping waiting as it would keep
    the request.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def _give_up_silent(context: ExceptionContext) -> None:
    """Close a connection that didn't answer in time: nothing else on it would be answered."""
    if isinstance(context.original_exception, TimeoutError):
        context.is_disconnect = True


def make_sessions(engine: AsyncEngine, sealer: Sealer) -> async_sessionmaker[AsyncSession]:
    """Make sessions whose objects stay readable after the commit, with the service's sealer."""
    return async_sessionmaker(engine, expire_on_commit=False, info={_SEALER.name: sealer})


def database_now() -> ColumnElement[Any]:
    """Return the database's `now()`: leases and due times hold whatever a replica's clock says."""
    moved = clock.offset()
    return func.now() + bindparam(None, moved, INTERVAL) if moved else func.now()


def sealer_of(tx: AsyncSession) -> Sealer:
    """Return the sealer with which this service seals and unseals personal data."""
    return _SEALER.get(tx.info)
