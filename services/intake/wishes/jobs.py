"""The timed jobs of wishes."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes.models import STATION_TAKES_AFTER, Wish
from services.intake.wishes.states import WishState
from services.intake.wishes.taker import Taker
from shared import clock
from shared.aggregate import lock_due
from shared.scheduler import Job
from shared.state import save_all

BATCH_SIZE = 200


async def release_expired(tx: AsyncSession) -> None:
    """Reopen wishes whose lease has ended, `BATCH_SIZE` at a time."""
    is_due = Wish.lease_until <= clock.now()
    wishes = await lock_due(tx, Wish, Wish.state == WishState.CLAIMED, is_due, limit=BATCH_SIZE)
    for wish in wishes:
        wish.release_taker("expired")
    await save_all(tx, wishes)


async def take_unclaimed(tx: AsyncSession) -> None:
    """Claim for the station what nobody took in two weeks, `BATCH_SIZE` at a time."""
    is_due = Wish.open_since <= clock.now() - STATION_TAKES_AFTER
    wishes = await lock_due(tx, Wish, Wish.state == WishState.OPEN, is_due, limit=BATCH_SIZE)
    for wish in wishes:
        wish.assign(Taker("station", wish.station_id))
    await save_all(tx, wishes)


JOBS = (
    Job("wishes.release-expired", timedelta(minutes=1), release_expired),
    Job("wishes.take-unclaimed", timedelta(minutes=1), take_unclaimed),
)
