"""Actions on deliveries: insert drafts, mark items read, erase secrets."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.queries import count_unknown_recipients
from services.notify.deliveries.drafts import Draft, drafts_of
from services.notify.deliveries.models import QUEUED, Delivery
from services.notify.deliveries.queries import own_inbox
from shared import clock
from shared.auth import Actor
from shared.bus import commit_hooks
from shared.bus.admin.snapshots import is_snapshot
from shared.bus.message import Message
from shared.errors import NotFound, NotYet

ADDRESS_RETENTION = timedelta(days=30)

_TYPES = {
    "id": "uuid",
    "station_id": "uuid",
    "recipient_id": "uuid",
    "in_audience": "boolean",
    "channel": "text",
    "cause": "uuid",
    "template": "text",
    "language": "text",
    "params": "text",
    "sealed": "text",
    "address_sealed": "text",
    "expires_at": "timestamptz",
    "subject": "text",
    "correlation": "uuid",
    "causation": "text",
    "traceparent": "text",
}
_ARRAYS = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _TYPES.items())

# The rows are in the order of the unique constraint, so that two replicas that insert the same ones
# don't deadlock. A resident without a phone gets no text message. Inserting an item of the inbox
# delivers the item.
_INSERT = text(
    f"""
    INSERT INTO deliveries (id, station_id, recipient_id, channel, cause, template, language,
      params, sealed, address_sealed, subject, correlation, causation, traceparent, state, attempts,
      created_at, due_at, expires_at, sent_at)
    SELECT draft.id, draft.station_id, draft.recipient_id, draft.channel, draft.cause,
      draft.template, coalesce(draft.language, recipient.language, 'zh'),
      CAST(draft.params AS jsonb), CAST(draft.sealed AS jsonb),
      CASE draft.channel WHEN 'sms' THEN coalesce(draft.address_sealed, recipient.phone_sealed) END,
      draft.subject, draft.correlation, draft.causation, draft.traceparent,
      CASE draft.channel WHEN 'inbox' THEN 'sent' ELSE 'queued' END, 0, :now,
      CASE draft.channel WHEN 'inbox' THEN NULL ELSE now() + CAST(:moved AS interval) END,
      draft.expires_at,
      CASE draft.channel WHEN 'inbox' THEN CAST(:now AS timestamptz) END
    FROM unnest({_ARRAYS}) AS draft ({", ".join(_TYPES)})
    LEFT JOIN recipients AS recipient ON draft.in_audience
      AND recipient.resident_id = draft.recipient_id AND recipient.station_id = draft.station_id
    WHERE draft.channel = 'inbox'
      OR coalesce(draft.address_sealed, recipient.phone_sealed) IS NOT NULL
    ORDER BY draft.recipient_id, draft.channel, draft.cause
    ON CONFLICT (recipient_id, channel, cause) DO NOTHING
    """  # noqa: S608 - made of this module's constants
)


async def create_deliveries(tx: AsyncSession, messages: Sequence[Message[Any]]) -> None:
    """Insert the deliveries of the messages, all at once; a snapshot notifies nobody.

    Raises: NotYet for the whole batch if one recipient is unknown: the consumer halves the batch
    until only that message waits.
    """
    news = [message for message in messages if not is_snapshot(message.causation)]
    await insert_deliveries(tx, [draft for message in news for draft in drafts_of(message)])


async def insert_deliveries(tx: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Insert the deliveries that don't exist yet. Raises: NotYet for an unknown recipient."""
    if await count_unknown_recipients(
        tx, [(d.station_id, d.recipient_id) for d in drafts if d.in_audience]
    ):
        raise NotYet("a recipient is not in the audience yet")
    if not drafts:
        return
    columns = {name: [getattr(draft, name) for draft in drafts] for name in _TYPES}
    await tx.execute(_INSERT, {**columns, "now": clock.now(), "moved": clock.offset()})
    if any(draft.channel == "sms" for draft in drafts):
        commit_hooks.mark_work(tx, QUEUED)


async def mark_read(tx: AsyncSession, actor: Actor, delivery_id: UUID) -> Delivery:
    """Mark an item of the actor's own inbox as read, once. Raises: NotFound."""
    delivery = await tx.scalar(own_inbox(actor).where(Delivery.id == delivery_id).with_for_update())
    if delivery is None:
        raise NotFound
    delivery.read_at = delivery.read_at or clock.now()
    return delivery


async def mark_all_read(tx: AsyncSession, actor: Actor) -> int:
    """Mark all items of the actor's own inbox as read, and return how many were unread."""
    unread = own_inbox(actor).with_only_columns(Delivery.id).where(Delivery.read_at.is_(None))
    result = await tx.execute(
        update(Delivery)
        .where(Delivery.id.in_(unread), Delivery.station_id == actor.station)
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return result.rowcount if isinstance(result, CursorResult) else 0


async def erase_expired_secrets(tx: AsyncSession) -> None:
    """Erase codes that expired, and sealed addresses 30 days old; runs as a timed job."""
    now = clock.now()
    await tx.execute(
        update(Delivery)
        .where(Delivery.sealed.is_not(None), Delivery.expires_at <= now)
        .values(sealed=None)
    )
    await tx.execute(
        update(Delivery)
        .where(
            Delivery.address_sealed.is_not(None),
            Delivery.created_at <= now - ADDRESS_RETENTION,
            Delivery.due_at.is_(None),
        )
        .values(address_sealed=None)
    )
