"""Queries of deliveries: one's own inbox, and the station's deliveries for operators."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.deliveries.models import Delivery
from shared.auth import Actor
from shared.messages_admin.effects import Effect, TrailKey
from shared.messages_admin.trail import MAX_ITEMS
from shared.pagination import DEFAULT_PAGE_SIZE, Page, page


def own_inbox(actor: Actor) -> Select[Delivery]:
    """Select the items of the actor's own inbox: nobody reads another person's."""
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
    limit: int = DEFAULT_PAGE_SIZE,
) -> Page[Delivery]:
    """Return a page of the actor's inbox, newest first; only unread items if `unread`."""
    statement = own_inbox(actor)
    if unread:
        statement = statement.where(Delivery.read_at.is_(None))
    return await page(tx, statement, Delivery.id, after=after, limit=limit)


async def count_unread(tx: AsyncSession, actor: Actor) -> int:
    """Count the unread items of the actor's inbox."""
    unread = own_inbox(actor).with_only_columns(func.count()).where(Delivery.read_at.is_(None))
    return await tx.scalar(unread) or 0


async def deliveries(
    tx: AsyncSession,
    actor: Actor,
    *,
    filters: dict[str, str],
    after: UUID | None = None,
    limit: int = DEFAULT_PAGE_SIZE,
) -> Page[Delivery]:
    """Return a page of the station's deliveries, newest first, with the values of `filters`."""
    statement = select(Delivery).where(Delivery.station_id == actor.station).filter_by(**filters)
    return await page(tx, statement, Delivery.id, after=after, limit=limit)


async def delivery_effects(tx: AsyncSession, trail_key: TrailKey) -> Sequence[Effect]:
    """List the deliveries of a trail, with their states."""
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
