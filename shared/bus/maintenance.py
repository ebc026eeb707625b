"""Maintenance of the bus's tables: daily partitions of `sent`, and purges of done inbox rows."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from shared import clock
from shared.scheduler import Job

PARTITION_DAYS_AHEAD = 7
SENT_RETENTION_DAYS = 30
INBOX_RETENTION_DAYS = 35
PURGE_BATCH_SIZE = 5_000
MAX_PURGE_BATCHES = 20

_LOCK_PARTITIONS = text("SELECT pg_advisory_xact_lock('sent'::regclass::oid::int, -1)")
_PARTITIONS = text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
    " WHERE inhparent = 'sent'::regclass"
)
_PURGE = text(
    "DELETE FROM inbox WHERE ctid = ANY (ARRAY(SELECT ctid FROM inbox"
    " WHERE state = 'done' AND handled_at < :before LIMIT :chunk))"
)


async def ensure_partitions(conn: AsyncConnection) -> None:
    """Create the daily partitions of `sent` from yesterday to a week ahead.

    The caller commits. A partition is created apart and then attached, since
    `CREATE TABLE … PARTITION OF` would block the relays.
    """
    await conn.execute(_LOCK_PARTITIONS)
    existing = set((await conn.scalars(_PARTITIONS)).all())
    today = await _today(conn)
    for offset in range(-1, PARTITION_DAYS_AHEAD + 1):
        day = today + timedelta(days=offset)
        if _partition_name(day) not in existing:
            for statement in _partition_ddl(day):
                await conn.execute(text(statement))


async def drop_old_partitions(conn: AsyncConnection) -> None:
    """Drop the daily partitions of `sent` that are older than 30 days."""
    await conn.execute(_LOCK_PARTITIONS)
    oldest = _partition_name(await _today(conn) - timedelta(days=SENT_RETENTION_DAYS))
    for name in sorted((await conn.scalars(_PARTITIONS)).all()):
        if name < oldest:
            await conn.execute(text(f"DROP TABLE {name}"))


async def purge_inbox(tx: AsyncSession) -> None:
    """Delete `done` rows of the inbox after 35 days, in batches, at most 100,000 rows a run."""
    before = clock.now() - timedelta(days=INBOX_RETENTION_DAYS)
    for _ in range(MAX_PURGE_BATCHES):
        deleted = await tx.execute(_PURGE, {"before": before, "chunk": PURGE_BATCH_SIZE})
        if deleted.rowcount < PURGE_BATCH_SIZE:  # type: ignore[attr-defined]
            return


async def _maintain_partitions(tx: AsyncSession) -> None:
    conn = await tx.connection()
    await ensure_partitions(conn)
    await drop_old_partitions(conn)


async def _today(conn: AsyncConnection) -> date:
    # The database's clock decides the day, because `sent_at` is set by that clock.
    now: datetime = (await conn.execute(text("SELECT now()"))).scalar_one()
    return now.astimezone(UTC).date()


def _partition_name(day: date) -> str:
    return f"sent_{day:%Y%m%d}"


def _partition_ddl(day: date) -> tuple[str, str]:
    name = _partition_name(day)
    start, end = (f"{date_.isoformat()} 00:00:00+00" for date_ in (day, day + timedelta(days=1)))
    return (
        f"CREATE TABLE {name} (LIKE sent INCLUDING DEFAULTS)",
        f"ALTER TABLE sent ATTACH PARTITION {name} FOR VALUES FROM ('{start}') TO ('{end}')",
    )


BUS_JOBS: tuple[Job, ...] = (
    Job("bus.partitions", timedelta(hours=1), _maintain_partitions),
    Job("bus.purge-inbox", timedelta(hours=1), purge_inbox),
)
