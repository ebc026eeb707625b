"""Counting tries in the database, so that all replicas count together."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.sign_in.models import AttemptCounter
from shared import clock
from shared.errors import TooManyRequests

MAX_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """So many tries within so long a time, at most `LONGEST`."""

    max_attempts: int
    window: timedelta


CODES_PER_PHONE = Limit(5, timedelta(hours=1))
# One address may be a whole estate behind its carrier's, or the desk with everybody's slips.
CODES_PER_ADDRESS = Limit(100, timedelta(hours=1))
FAILURES_PER_ADDRESS = Limit(100, timedelta(minutes=15))
# Tight from one address, so that guessing ends there; loose from anywhere, so that somebody
# elsewhere can't keep the owner of an account out by guessing.
PASSWORDS_PER_ACCOUNT_AND_ADDRESS = Limit(10, timedelta(minutes=15))
PASSWORDS_PER_ACCOUNT = Limit(100, timedelta(hours=1))


async def increment(tx: AsyncSession, key: bytes, limit: Limit) -> None:
    """Count one try; TooManyRequests beyond the limit. The count lasts only if the caller commits."""
    at = clock.now()
    over = AttemptCounter.since < at - limit.window
    tried = insert(AttemptCounter).values(key=key, count=1, since=at)
    counted = await tx.scalar(
        tried.on_conflict_do_update(
            index_elements=[AttemptCounter.key],
            set_={
                "count": case((over, 1), else_=AttemptCounter.count + 1),
                "since": case((over, at), else_=AttemptCounter.since),
            },
        ).returning(AttemptCounter.count)
    )
    if counted is None or counted > limit.max_attempts:
        raise TooManyRequests


async def decrement(tx: AsyncSession, key: bytes) -> None:
    """Count one try less: it was no failure."""
    await tx.execute(
        update(AttemptCounter)
        .where(AttemptCounter.key == key, AttemptCounter.count > 0)
        .values(count=AttemptCounter.count - 1)
        .execution_options(synchronize_session=False)
    )


async def reset(tx: AsyncSession, key: bytes) -> None:
    """Begin to count anew."""
    await tx.execute(delete(AttemptCounter).where(AttemptCounter.key == key))
