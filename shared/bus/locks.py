"""Advisory locks by name, acquired in one order so that concurrent transactions never deadlock."""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Locks are the database's, which services share: each has a number of its own by its schema.
_ACQUIRE = text(
    "SELECT pg_advisory_xact_lock(key # hashtextextended(current_schema(), 0))"
    " FROM unnest(CAST(:keys AS bigint[])) AS key"
)


async def acquire_locks(tx: AsyncSession, keys: Iterable[str]) -> None:
    """Lock `keys` until the transaction ends, in the order that every caller uses.

    A key names a row that the transaction will change, even one that doesn't exist yet. An action
    that changes rows which batch handlers change acquires the same keys first. Keys are hashed to
    64 bits: transactions with colliding keys merely wait for each other.
    """
    ordered = sorted({_hash_key(key) for key in keys})
    if ordered:
        await tx.execute(_ACQUIRE, {"keys": ordered})


def _hash_key(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
