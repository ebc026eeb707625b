"""Maintenance of the bus's tables: daily partitions of `sent`, and purges of done inbox rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Result, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from shared import clock
from shared.scheduler import Job

PARTITION_DAYS_AHEAD = 7
SENT_RETENTION_DAYS = 30
INBOX_RETENTION_DAYS = 35
PURGE_BATCH_SIZE = 5_000
UNUSABLE_BODY_RETENTION_DAYS = 7

_LOCK_PARTITIONS = text("SELECT pg_advisory_xact_lock('sent'::regclass::oid::int, -1)")
_PARTITIONS = text(
    "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
    " WHERE inhparent = 'sent'::regclass"
)
_PURGE_DONE = text(
    "DELETE FROM inbox WHERE ctid = ANY (ARRAY(SELECT ctid FROM inbox"
    " WHERE state = 'done' AND handled_at < :before LIMIT :chunk))"
)
_PURGE_BODILESS = text(
    "DELETE FROM inbox WHERE ctid = ANY (ARRAY(SELECT ctid FROM inbox"
    " WHERE state = 'skipped' AND body IS NULL AND received_at < :before LIMIT :chunk))"
)
_FORGET_UNUSABLE = text(
    "UPDATE inbox SET state = 'skipped', body = NULL WHERE ctid = ANY (ARRAY(SELECT ctid FROM inbox"
    " WHERE is_unusable AND body IS NOT NULL AND received_at < :before LIMIT :chunk))"
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


async def purge_inbox(tx: AsyncSession) -> bool:
    """Delete a chunk of rows after 35 days: of done messages, and of those without a body.

    Returns True if there may be more.
    """
    before = clock.now() - timedelta(days=INBOX_RETENTION_DAYS)
    values = {"before": before, "chunk": PURGE_BATCH_SIZE}
    done = await tx.execute(_PURGE_DONE, values)
    bodiless = await tx.execute(_PURGE_BODILESS, values)
    return is_full(done) or is_full(bodiless)


async def forget_unusable(tx: AsyncSession) -> bool:
    """Delete a chunk of the bodies of unusable messages after 7 days.

    Returns True if there may be more.
    """
    before = clock.now() - timedelta(days=UNUSABLE_BODY_RETENTION_DAYS)
    values = {"before": before, "chunk": PURGE_BATCH_SIZE}
    return is_full(await tx.execute(_FORGET_UNUSABLE, values))


def is_full(result: Result[Any]) -> bool:
    """Return whether a statement changed a whole chunk, so that there may be more to change."""
    return bool(result.rowcount >= PURGE_BATCH_SIZE)  # type: ignore[attr-defined]


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
    Job("bus.purge-inbox", timedelta(minutes=1), purge_inbox),
    Job("bus.forget-unusable", timedelta(hours=1), forget_unusable),
)
