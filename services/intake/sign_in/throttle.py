"""Counting tries in the database, so that all replicas count together."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.sign_in.models import Tries
from shared import clock
from shared.errors import TooMany

LONGEST = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """So many tries within so long a time, at most `LONGEST`."""

    tries: int
    within: timedelta


CODES_A_PHONE = Limit(5, timedelta(hours=1))
# One address may be a whole estate behind its carrier's, or the desk with everybody's slips.
CODES_AN_ADDRESS = Limit(100, timedelta(hours=1))
FAILURES_AN_ADDRESS = Limit(100, timedelta(minutes=15))
# Tight from one address, so that guessing ends there; loose from anywhere, so that somebody
# elsewhere can't keep the owner of an account out by guessing.
PASSWORDS_AN_ACCOUNT_AND_ADDRESS = Limit(10, timedelta(minutes=15))
PASSWORDS_AN_ACCOUNT = Limit(100, timedelta(hours=1))


async def count(tx: AsyncSession, key: bytes, limit: Limit) -> None:
    """Count one try; TooMany beyond the limit. The count lasts only if the caller commits."""
    at = clock.now()
    over = Tries.since < at - limit.within
    tried = insert(Tries).values(key=key, count=1, since=at)
    counted = await tx.scalar(
        tried.on_conflict_do_update(
            index_elements=[Tries.key],
            set_={
                "count": case((over, 1), else_=Tries.count + 1),
                "since": case((over, at), else_=Tries.since),
            },
        ).returning(Tries.count)
    )
    if counted is None or counted > limit.tries:
        raise TooMany


async def give_back(tx: AsyncSession, key: bytes) -> None:
    """Count one try less: it was no failure."""
    await tx.execute(
        update(Tries)
        .where(Tries.key == key, Tries.count > 0)
        .values(count=Tries.count - 1)
        .execution_options(synchronize_session=False)
    )


async def forget(tx: AsyncSession, key: bytes) -> None:
    """Begin to count anew."""
    await tx.execute(delete(Tries).where(Tries.key == key))
