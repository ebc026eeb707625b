"""Reading deliveries: one's own inbox, and the station's deliveries for operators."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.models import Delivery
from shared.auth import Actor
from shared.db import PAGE, Page, page
from shared.messages_admin.trail import MAX_ITEMS, Effect, TrailKey


def own_inbox(actor: Actor) -> Select[Delivery]:
    """The items of the actor's own inbox: nobody reads another person's."""
    return select(Delivery).where(
        Delivery.station_id == actor.station,
        Delivery.recipient_id == actor.person,
        Delivery.channel == "inbox",
    )


async def inbox(
    tx: AsyncSession,
    actor: Actor,
    *,
    unread: bool = False,
    after: UUID | None = None,
    limit: int = PAGE,
) -> Page[Delivery]:
    """A page of the actor's inbox, newest first; only what is unread when asked."""
    statement = own_inbox(actor)
    if unread:
        statement = statement.where(Delivery.read_at.is_(None))
    return await page(tx, statement, Delivery.id, after=after, limit=limit)


async def count_unread(tx: AsyncSession, actor: Actor) -> int:
    """How many items of the actor's inbox are unread."""
    unread = own_inbox(actor).with_only_columns(func.count()).where(Delivery.read_at.is_(None))
    return await tx.scalar(unread) or 0


async def deliveries(
    tx: AsyncSession,
    actor: Actor,
    *,
    filters: dict[str, str],
    after: UUID | None = None,
    limit: int = PAGE,
) -> Page[Delivery]:
    """A page of the station's deliveries, newest first, with these values in these columns."""
    statement = select(Delivery).where(Delivery.station_id == actor.station).filter_by(**filters)
    return await page(tx, statement, Delivery.id, after=after, limit=limit)


async def delivery_effects(tx: AsyncSession, trail_key: TrailKey) -> Sequence[Effect]:
    """What was told to whom because of it, and how far that got."""
    statement = (
        select(Delivery)
        .where(
            Delivery.station_id == trail_key.station, Delivery.correlation == trail_key.correlation
        )
        .order_by(Delivery.created_at, Delivery.id)
        .limit(MAX_ITEMS + 1)
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
