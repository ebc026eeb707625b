"""Queries of the audience."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_COUNT_UNKNOWN = text(
    "SELECT count(*) FROM unnest(CAST(:stations AS uuid[]), CAST(:residents AS uuid[]))"
    " AS person (station_id, resident_id)"
    " WHERE NOT EXISTS (SELECT FROM recipients AS recipient"
    " WHERE recipient.resident_id = person.resident_id"
    " AND recipient.station_id = person.station_id)"
)


async def count_unknown_recipients(tx: AsyncSession, people: Iterable[tuple[UUID, UUID]]) -> int:
    """Count those of the (station, resident) pairs that are not in the audience."""
    pairs = sorted(set(people))
    if not pairs:
        return 0
    stations, residents = zip(*pairs, strict=True)
    count = await tx.scalar(
        _COUNT_UNKNOWN, {"stations": list(stations), "residents": list(residents)}
    )
    return int(count or 0)
