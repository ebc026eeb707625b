"""Asking who is known."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_COUNT_UNKNOWN = text(
    "SELECT count(*) FROM unnest(CAST(:stations AS uuid[]), CAST(:residents AS uuid[]))"
    " AS asked (station_id, resident_id)"
    " WHERE NOT EXISTS (SELECT FROM recipients AS known"
    " WHERE known.resident_id = asked.resident_id AND known.station_id = asked.station_id)"
)


async def count_unknown_recipients(tx: AsyncSession, people: Iterable[tuple[UUID, UUID]]) -> int:
    """How many of these (station, resident) are not in the audience."""
    asked = sorted(set(people))
    if not asked:
        return 0
    stations, residents = zip(*asked, strict=True)
    found = await tx.scalar(
        _COUNT_UNKNOWN, {"stations": list(stations), "residents": list(residents)}
    )
    return int(found or 0)
