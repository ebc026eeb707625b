"""Writing deliveries: made from drafts, read, and their secrets forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import CursorResult, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.queries import count_unknown_recipients
from services.notify.deliveries.drafts import Draft
from services.notify.deliveries.models import QUEUED, Delivery
from services.notify.deliveries.queries import own_inbox
from shared import clock
from shared.auth import Actor
from shared.bus import commit_hooks
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

# Ordered as the unique constraint is, so that two replicas which say the same don't deadlock. A
# resident without a phone gets no text message; a row of the inbox has arrived when it is there.
_INSERT = text(
    f"""
    INSERT INTO deliveries (id, station_id, recipient_id, channel, cause, template, language,
      params, sealed, address_sealed, subject, correlation, causation, traceparent, state, attempts,
      created_at, due_at, expires_at, sent_at)
    SELECT draft.id, draft.station_id, draft.recipient_id, draft.channel, draft.cause,
      draft.template, coalesce(draft.language, known.language, 'zh'),
      CAST(draft.params AS jsonb), CAST(draft.sealed AS jsonb),
      CASE draft.channel WHEN 'sms' THEN coalesce(draft.address_sealed, known.phone_sealed) END,
      draft.subject, draft.correlation, draft.causation, draft.traceparent,
      CASE draft.channel WHEN 'inbox' THEN 'sent' ELSE 'queued' END, 0, :now,
      CASE draft.channel WHEN 'inbox' THEN NULL ELSE CAST(:now AS timestamptz) END,
      draft.expires_at,
      CASE draft.channel WHEN 'inbox' THEN CAST(:now AS timestamptz) END
    FROM unnest({_ARRAYS}) AS draft ({", ".join(_TYPES)})
    LEFT JOIN recipients AS known ON draft.in_audience
      AND known.resident_id = draft.recipient_id AND known.station_id = draft.station_id
    WHERE draft.channel = 'inbox'
      OR coalesce(draft.address_sealed, known.phone_sealed) IS NOT NULL
    ORDER BY draft.recipient_id, draft.channel, draft.cause
    ON CONFLICT (recipient_id, channel, cause) DO NOTHING
    """  # noqa: S608 - made of this module's constants
)


async def insert_deliveries(tx: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Write the deliveries that aren't there yet; NotYet when a recipient isn't known yet."""
    if await count_unknown_recipients(
        tx, [(d.station_id, d.recipient_id) for d in drafts if d.in_audience]
    ):
        raise NotYet("a recipient is not in the audience yet")
    if not drafts:
        return
    columns = {name: [getattr(draft, name) for draft in drafts] for name in _TYPES}
    await tx.execute(_INSERT, {**columns, "now": clock.now()})
    if any(draft.channel == "sms" for draft in drafts):
        commit_hooks.mark_work(tx, QUEUED)


async def mark_read(tx: AsyncSession, actor: Actor, delivery_id: UUID) -> Delivery:
    """Note that the actor has read an item of the own inbox; again changes nothing. NotFound."""
    found = await tx.scalar(own_inbox(actor).where(Delivery.id == delivery_id).with_for_update())
    if found is None:
        raise NotFound
    found.read_at = found.read_at or clock.now()
    return found


async def mark_all_read(tx: AsyncSession, actor: Actor) -> int:
    """Note that the actor has read everything in the own inbox; how many were unread."""
    unread = own_inbox(actor).with_only_columns(Delivery.id).where(Delivery.read_at.is_(None))
    done = await tx.execute(
        update(Delivery)
        .where(Delivery.id.in_(unread), Delivery.station_id == actor.station)
        .values(read_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return done.rowcount if isinstance(done, CursorResult) else 0


async def erase_expired_secrets(tx: AsyncSession) -> None:
    """A timed job: codes go when they expire, sealed addresses 30 days after; the rest is kept."""
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
