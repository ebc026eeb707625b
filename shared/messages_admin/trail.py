"""The trail of a correlation id in one service: messages sent, messages handled, effects."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import Field
from sqlalchemy import Row, Table, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.message_keys import message_key, old_message_key
from shared.bus.tables import inbox, outbox, sent
from shared.contracts.envelope import Envelope
from shared.messages_admin.api import message_fields
from shared.messages_admin.context import admin_context
from shared.messages_admin.effects import Effect, Effects, TrailKey
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, RequestModel, ResponseModel, Tx

POLICY = "trail.read"
MAX_ITEMS = 500


class SentMessage(ResponseModel):
    """A message that the service recorded.

    `key` is its key in inboxes, `old_key` that of before, which also needs the user that sent it.
    """

    id: str
    type: str
    subject: str
    sequence: int
    causation: str | None
    recorded_at: datetime
    sent_at: datetime | None
    key: UUID
    old_key: UUID | None


class HandledMessage(ResponseModel):
    """A message that the service received, and its state.

    The inbox stores no more than the type of a done message; `id`, `subject` and the others are set
    while a message isn't done.
    """

    key: UUID
    type: str
    state: str
    attempts: int
    error: str | None
    received_at: datetime
    handled_at: datetime | None
    due_at: datetime | None
    id: str | None
    source: str | None
    subject: str | None
    sequence: int | None
    causation: str | None
    recorded_at: datetime | None


class ServiceTrail(ResponseModel):
    """Messages and effects of the service; `cut` is true if there are more than 500 of either."""

    messages: list[SentMessage]
    effects: list[Effect]
    cut: bool


class HandledMessages(ResponseModel):
    """The messages that the service received."""

    handled: list[HandledMessage]


class Keys(RequestModel):
    """The keys of the messages to show."""

    keys: Annotated[list[UUID], Field(max_length=2 * MAX_ITEMS)]


async def sent_and_effects(tx: AsyncSession, effects_of: Effects, key: TrailKey) -> ServiceTrail:
    """List one station's messages and effects of a service, oldest first, at most 500 of each."""
    rows = [*await _rows(tx, outbox, key), *await _rows(tx, sent, key)]
    by_id: dict[str, tuple[Envelope, SentMessage]] = {}
    for row in rows:
        envelope = Envelope.from_json(row.body)
        by_id[envelope.id] = (envelope, _sent_message(envelope, row))
    recorded = sorted(by_id.values(), key=lambda pair: pair[1].recorded_at)
    envelopes = [envelope for envelope, _ in recorded[:MAX_ITEMS]]
    effects = await effects_of(tx, TrailKey(key.station, key.correlation, envelopes))
    return ServiceTrail(
        messages=[message for _, message in recorded[:MAX_ITEMS]],
        effects=list(effects[:MAX_ITEMS]),
        cut=max(len(recorded), len(effects)) > MAX_ITEMS,
    )


async def handled_messages(
    tx: AsyncSession, service: str, key: TrailKey, keys: Sequence[UUID]
) -> list[HandledMessage]:
    """List the inbox's messages with these `keys`, and those of the key's station.

    A done message has no station in the inbox. Whoever has its key may see it: the key is derived
    from the message's id, which only the message's own station can read.
    """
    in_station = inbox.c.station_id == key.station
    statement = (
        select(inbox)
        .where(
            inbox.c.consumer == service,
            inbox.c.correlation == key.correlation,
            or_(in_station, inbox.c.station_id.is_(None) & inbox.c.message_key.in_(keys)),
        )
        .order_by(inbox.c.received_at, inbox.c.message_key)
        .limit(MAX_ITEMS)
    )
    return [_handled_message(row) for row in await tx.execute(statement)]


async def show_service_trail(
    request: Request, correlation_id: UUID, tx: Tx, actor: CurrentActor
) -> ServiceTrail:
    """Show this service's messages and effects under a correlation id, in the own station."""
    effects_of = admin_context(request).effects
    return await sent_and_effects(tx, effects_of, TrailKey(actor.station, correlation_id))


async def show_handled(
    request: Request, correlation_id: UUID, tx: Tx, actor: CurrentActor, body: Keys
) -> HandledMessages:
    """Show the state of messages in this service, without changing any."""
    service = admin_context(request).service
    key = TrailKey(actor.station, correlation_id)
    return HandledMessages(handled=await handled_messages(tx, service, key, body.keys))


def trail(service: str) -> ApiRouter:
    """Build the routes over a service's part of a trail."""
    router = ApiRouter(prefix=f"/operations/{service}/trail", tags=["operations"])
    router.get("/{correlation_id}", policy=POLICY)(show_service_trail)
    router.post("/{correlation_id}/handled", policy=POLICY)(show_handled)
    return router


async def _rows(tx: AsyncSession, table: Table, key: TrailKey) -> Iterator[Row[Any]]:
    station = cast(func.convert_from(table.c.body, "UTF8"), JSONB)["station"].astext
    statement = (
        select(table)
        .where(table.c.correlation == key.correlation, station == str(key.station))
        .order_by(table.c.created_at, table.c.id)
        .limit(MAX_ITEMS + 1)
    )
    return iter((await tx.execute(statement)).all())


def _sent_message(envelope: Envelope, row: Row[Any]) -> SentMessage:
    publisher = getattr(row, "publisher", None)
    return SentMessage(
        id=envelope.id,
        type=envelope.type,
        subject=envelope.subject,
        sequence=envelope.sequence,
        causation=envelope.causationid,
        recorded_at=envelope.time,
        sent_at=getattr(row, "sent_at", None),
        key=message_key(envelope.source, envelope.id),
        old_key=old_message_key(publisher, envelope.source, envelope.id) if publisher else None,
    )


def _handled_message(row: Row[Any]) -> HandledMessage:
    fields = message_fields(row)
    return HandledMessage.model_validate({**row._mapping, **fields, "recorded_at": fields["time"]})
