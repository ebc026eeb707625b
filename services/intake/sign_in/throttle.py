"""Attempt counters in the database, which all replicas share."""

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
    """A limit of attempts within a window, which is at most `MAX_WINDOW`."""

    max_attempts: int
    window: timedelta


CODES_PER_PHONE = Limit(5, timedelta(hours=1))
# One address may be a whole estate behind a carrier's NAT, or the desk with everybody's slips.
CODES_PER_ADDRESS = Limit(100, timedelta(hours=1))
FAILURES_PER_ADDRESS = Limit(100, timedelta(minutes=15))
# The limit is tight from one address, so that guessing ends there, and loose from anywhere, so
# that guessing elsewhere can't lock the account's owner out.
PASSWORDS_PER_ACCOUNT_AND_ADDRESS = Limit(10, timedelta(minutes=15))
PASSWORDS_PER_ACCOUNT = Limit(100, timedelta(hours=1))


async def increment(tx: AsyncSession, key: bytes, limit: Limit) -> None:
    """Count an attempt, which lasts only if the caller commits. Raises: TooManyRequests."""
    at = clock.now()
    over = AttemptCounter.since < at - limit.window
    statement = insert(AttemptCounter).values(key=key, count=1, since=at)
    counted = await tx.scalar(
        statement.on_conflict_do_update(
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
    """Take an attempt back that was no failure."""
    await tx.execute(
        update(AttemptCounter)
        .where(AttemptCounter.key == key, AttemptCounter.count > 0)
        .values(count=AttemptCounter.count - 1)
        .execution_options(synchronize_session=False)
    )


async def reset(tx: AsyncSession, key: bytes) -> None:
    """Delete the counter of `key`."""
    await tx.execute(delete(AttemptCounter).where(AttemptCounter.key == key))
