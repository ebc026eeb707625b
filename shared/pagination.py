"""Keyset pagination: one page of a statement, and where the next one begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

DEFAULT_PAGE_SIZE = 50
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list; `after` is the id after which the next one begins, None on the last."""

    items: Sequence[Row]
    after: UUID | None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page that a reader asks for: what comes after that id, `limit` items at most."""

    after: UUID | None = None
    limit: int = DEFAULT_PAGE_SIZE


@dataclass(frozen=True, slots=True)
class TimeKeyset:
    """The columns that order a list by time, of one table; `scope` is the reader's station."""

    time: InstrumentedAttribute[datetime]
    id: InstrumentedAttribute[UUID]
    scope: ColumnElement[bool]
    newest_first: bool = True


async def page(
    tx: AsyncSession,
    statement: Select[Any],
    key: InstrumentedAttribute[UUID],
    *,
    after: UUID | None = None,
    limit: int = DEFAULT_PAGE_SIZE,
) -> Page[Row]:
    """Load a page of `statement` by keyset over `key` (UUIDv7), newest first."""
    if after is not None:
        statement = statement.where(key < after)
    return await _to_page(tx, statement.order_by(key.desc()), key, limit)


async def page_by_time(
    tx: AsyncSession, statement: Select[Any], keyset: TimeKeyset, request: PageRequest
) -> Page[Row]:
    """Load a page of `statement` by keyset over a time and an id."""
    time, key = keyset.time, keyset.id
    if request.after is not None:
        last_row = select(time).where(key == request.after, keyset.scope)
        last = last_row.correlate(None).scalar_subquery()
        beyond, tied = (
            (time < last, key < request.after)
            if keyset.newest_first
            else (time > last, key > request.after)
        )
        statement = statement.where(or_(beyond, and_(time == last, tied)))
    order = [column.desc() if keyset.newest_first else column.asc() for column in (time, key)]
    return await _to_page(tx, statement.order_by(*order), key, request.limit)


async def _to_page(
    tx: AsyncSession, ordered: Select[Any], key: InstrumentedAttribute[UUID], limit: int
) -> Page[Row]:
    rows: list[Row] = list((await tx.execute(ordered.limit(limit + 1))).scalars())
    items = rows[:limit]
    last = getattr(items[-1], key.key) if len(rows) > limit else None
    return Page(items, last)
