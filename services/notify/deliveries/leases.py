"""Leases: taking due deliveries to send them, and recording the outcomes."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.channels.base import Failed, Outcome
from services.notify.deliveries.models import Delivery
from shared import clock
from shared.backoff import full_jitter
from shared.db import database_now

# A lease is committed before anything is sent, and sending happens in no transaction. If a replica
# dies between sending and recording, its lease ends and another replica sends once more: at most
# one message too many for each such death. A channel can recognize the repeat by the delivery's id.
LEASE_DURATION = timedelta(seconds=60)
MAX_ATTEMPTS = 8
MIN_BACKOFF_SECONDS = 5.0
MAX_BACKOFF_SECONDS = 3600.0


async def lease(tx: AsyncSession, limit: int) -> Sequence[Delivery]:
    """Lease due deliveries of every station, the longest due first, and count the attempt.

    Rows that another sender has locked are skipped.
    """
    now = database_now()
    # A CTE is run once; a mere subquery may be run again for each row and exceed the limit.
    due = (
        select(Delivery.id)
        .where(Delivery.due_at <= now)
        .order_by(Delivery.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    leased = await tx.scalars(
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)))
        .values(state="leased", attempts=Delivery.attempts + 1, due_at=now + LEASE_DURATION)
        .returning(Delivery)
        .execution_options(synchronize_session=False)
    )
    return leased.all()


async def record_outcome(tx: AsyncSession, delivery: Delivery, outcome: Outcome, via: str) -> None:
    """Record the outcome of one attempt at a leased delivery.

    Sent is final, whoever records it. A failure counts only while this attempt holds the lease.
    """
    if isinstance(outcome, Failed):
        await _record_failure(tx, delivery, outcome, via)
        return
    is_unsent = (Delivery.id == delivery.id) & (Delivery.state != "sent")
    sent = {"state": "sent", "sent_at": clock.now(), "due_at": None, "via": via, "reason": None}
    await tx.execute(update(Delivery).where(is_unsent).values(sent))


async def _record_failure(tx: AsyncSession, delivery: Delivery, failure: Failed, via: str) -> None:
    is_final = failure.permanent or delivery.attempts >= MAX_ATTEMPTS
    wait = timedelta(
        seconds=full_jitter(delivery.attempts, MIN_BACKOFF_SECONDS, MAX_BACKOFF_SECONDS)
    )
    await tx.execute(
        update(Delivery)
        .where(Delivery.id == delivery.id)
        .where(Delivery.state == "leased", Delivery.attempts == delivery.attempts)
        .values(
            state="failed" if is_final else "queued",
            due_at=None if is_final else database_now() + wait,
            via=via,
            reason=failure.reason[:200],
        )
    )
