"""The database as services use it: engines, aggregates, loads and writes, pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, MetaData, Select, Uuid, and_, event, or_, select
from sqlalchemy.exc import IntegrityError, InvalidatePoolError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    declared_attr,
    mapped_column,
)

from shared import clock
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.sealing import Sealer

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
PAGE = 50
UNIQUE_VIOLATION = "23505"
TimestampTZ = DateTime(timezone=True)
T = TypeVar("T", bound="Aggregate")


def metadata() -> MetaData:
    """A MetaData of a service's own, with names for every constraint."""
    return MetaData(naming_convention=NAMES)


class Aggregate:
    """What every aggregate root has; its rows are locked and versioned as one.

    `plural` names it in subjects and paths: `wishes/0190…`.
    """

    plural: ClassVar[str]

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    station_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(TimestampTZ)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]

    @property
    def subject(self) -> str:
        """The subject of messages about it, and their ordering key."""
        return f"{self.plural}/{self.id}"

    @classmethod
    def new(cls: type[T], station: UUID, **values: Any) -> T:
        """A new one of that station, with an id and the time; named constructors build on it."""
        made = cls(**values)
        made.id, made.station_id, made.created_at = new_id(), station, clock.now()
        return made


def make_engine(url: str, *, schema: str, name: str = "", pool_size: int = 8) -> AsyncEngine:
    """An engine whose sessions live in `schema`, in UTC, and never wait long for a lock.

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
    """Lend no connection that the server has closed; all others of the pool are made anew too.

    The driver hears of it at once. To ask the server instead (`pool_pre_ping`) takes three round
    trips each time, and a server that is silent keeps the question waiting as it would the request.
    """
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError


def make_sessions(engine: AsyncEngine, sealer: Sealer) -> async_sessionmaker[AsyncSession]:
    """Sessions whose objects stay readable after the commit; `tx.info["sealer"]` is the sealer."""
    return async_sessionmaker(engine, expire_on_commit=False, info={"sealer": sealer})


def sealer_of(tx: AsyncSession) -> Sealer:
    """The sealer with which this service seals and opens personal data."""
    sealer: Sealer = tx.info["sealer"]
    return sealer


async def load(
    tx: AsyncSession, model: type[T], id_: UUID, *, station: UUID, lock: bool = False
) -> T:
    """The aggregate with that id in that station, locked for change when asked; NotFound."""
    statement = select(model).where(model.id == id_, model.station_id == station)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await tx.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def flush_or_conflict(
    tx: AsyncSession, row: DeclarativeBase, conflict: type[Conflict]
) -> None:
    """Write the new or changed row now; `taken` is raised when a unique constraint refuses it."""
    tx.add(row)
    try:
        await tx.flush()
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise conflict from None


Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list; `after` is where the next one begins, None on the last."""

    items: Sequence[Row]
    after: UUID | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list is wanted: what comes after that id, so many at most."""

    after: UUID | None = None
    limit: int = PAGE


async def page(
    tx: AsyncSession,
    statement: Select[Any],
    key: InstrumentedAttribute[UUID],
    *,
    after: UUID | None = None,
    limit: int = PAGE,
) -> Page[Row]:
    """A page of `statement` by keyset over `key` (UUIDv7), newest first."""
    if after is not None:
        statement = statement.where(key < after)
    return await _to_page(tx, statement.order_by(key.desc()), key, limit)


async def page_by_time(
    tx: AsyncSession,
    statement: Select[Any],
    keys: tuple[InstrumentedAttribute[datetime], InstrumentedAttribute[UUID], ColumnElement[bool]],
    *,
    wanted: PageRequest,
    newest_first: bool = True,
) -> Page[Row]:
    """A page of `statement` by keyset over a time and an id of one table.

    The third of `keys` is the condition by which a row is of the station.
    """
    moment, key, own = keys
    if wanted.after is not None:
        at = select(moment).where(key == wanted.after, own).correlate(None).scalar_subquery()
        beyond, tied = (
            (moment < at, key < wanted.after) if newest_first else (moment > at, key > wanted.after)
        )
        statement = statement.where(or_(beyond, and_(moment == at, tied)))
    order = [one.desc() if newest_first else one.asc() for one in (moment, key)]
    return await _to_page(tx, statement.order_by(*order), key, wanted.limit)


async def _to_page(
    tx: AsyncSession, ordered: Select[Any], key: InstrumentedAttribute[UUID], limit: int
) -> Page[Row]:
    found: list[Row] = list((await tx.execute(ordered.limit(limit + 1))).scalars())
    items = found[:limit]
    last = getattr(items[-1], key.key) if len(found) > limit else None
    return Page(items, last)
