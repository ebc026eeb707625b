"""Read copies: tables in which each row follows the newest message about its subject."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


async def upsert_newest(
    tx: AsyncSession,
    model: type[DeclarativeBase],
    rows: Iterable[Mapping[str, Any]],
    *,
    inserted_once: Collection[str] = (),
    takes_snapshots: bool = False,
) -> None:
    """Insert each row, or update the stored row of its primary key unless that one is newer.

    `version` is the sequence of the message that a row follows, so that messages may come in any
    order. A copy that `takes_snapshots` updates a row of the same version too, since a snapshot
    has the sequence of the last message. A stored row of another station stays as it is, and so do
    the columns `inserted_once`.
    """
    table = inspect(model).local_table
    key = [column.name for column in table.primary_key]
    newest = {
        tuple(row[name] for name in key): row
        for row in sorted(rows, key=lambda row: row["version"])
    }
    statement = insert(model)
    stored, new = table.columns, statement.excluded
    fixed = {*key, "station_id", *inserted_once}
    version = stored["version"]
    is_newer = version <= new["version"] if takes_snapshots else version < new["version"]
    upsert = statement.on_conflict_do_update(
        index_elements=key,
        set_={column.name: new[column.name] for column in stored if column.name not in fixed},
        where=is_newer & (stored["station_id"] == new["station_id"]),
    )
    # In the order of the keys, so that two batches that lock the same rows don't deadlock.
    await tx.execute(upsert, [dict(newest[id_]) for id_ in sorted(newest)])
