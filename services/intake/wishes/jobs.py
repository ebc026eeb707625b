"""The timed jobs of wishes."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import STATION_TAKES_AFTER, Taker, Wish, WishState
from shared import clock
from shared.auth import Actor
from shared.bus.outbox.record import record_many
from shared.contracts.intake import WishClaimed, WishMessage, WishReleased
from shared.scheduler import Job

BATCH_SIZE = 200


async def release_expired(tx: AsyncSession) -> None:
    """Reopen wishes whose lease has ended, `BATCH_SIZE` at a time."""

    def expire(wish: Wish) -> WishMessage:
        message = WishReleased.of(wish, reason="expired")
        wish.release()
        return message

    await _change_due(tx, WishState.CLAIMED, Wish.lease_until <= clock.now(), expire)


async def take_unclaimed(tx: AsyncSession) -> None:
    """Claim for the station what nobody took in two weeks, `BATCH_SIZE` at a time."""

    def take(wish: Wish) -> WishMessage:
        wish.claim(Taker("station", wish.station_id))
        return WishClaimed.of(wish)

    await _change_due(
        tx, WishState.OPEN, Wish.open_since <= clock.now() - STATION_TAKES_AFTER, take
    )


async def _change_due(
    tx: AsyncSession,
    state: WishState,
    due: ColumnElement[bool],
    change: Callable[[Wish], WishMessage],
) -> None:
    statement = (
        select(Wish)
        .where(Wish.state == state, due)
        .order_by(Wish.id)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    wishes = (await tx.scalars(statement)).all()
    messages = [change(wish) for wish in wishes]
    transitions = [WishTransition.of(wish, Actor.system(wish.station_id)) for wish in wishes]
    await record_many(tx, zip(wishes, messages, strict=True))
    for wish, transition in zip(wishes, transitions, strict=True):
        transition.version = wish.version
    tx.add_all(transitions)


JOBS = (
    Job("wishes.release-expired", timedelta(minutes=1), release_expired),
    Job("wishes.take-unclaimed", timedelta(minutes=1), take_unclaimed),
)
