"""The deliveries of a case, for its trail."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.models import Delivery
from shared.trail import MOST, Case, Effect


async def made(tx: AsyncSession, case: Case) -> Sequence[Effect]:
    """What was told to whom because of it, and how far that got."""
    statement = (
        select(Delivery)
        .where(Delivery.station_id == case.station, Delivery.correlation == case.correlation)
        .order_by(Delivery.created_at, Delivery.id)
        .limit(MOST + 1)
    )
    return [
        Effect(
            kind="delivery",
            id=delivery.id,
            what=delivery.channel,
            state=delivery.state,
            causation=delivery.causation,
            subject=delivery.subject,
            to=delivery.recipient_id,
            attempts=delivery.attempts,
            error=delivery.reason,
            at=delivery.created_at,
            until=delivery.sent_at,
            due_at=delivery.due_at,
        )
        for delivery in await tx.scalars(statement)
    ]
