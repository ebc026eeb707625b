"""The trail of a correlation id in one service: what it said, what came to it, what it did."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import Field
from sqlalchemy import Row, Table, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.inbox.store import message_key
from shared.bus.tables import inbox, outbox, sent
from shared.contracts.envelope import Envelope
from shared.messages_admin.api import message_fields
from shared.web.http import ApiRouter, CurrentActor, RequestModel, ResponseModel, Tx

if TYPE_CHECKING:
    from shared.runtime.service import Service

POLICY = "trail.read"
MAX_ITEMS = 500


class SentMessage(ResponseModel):
    """A message that the service recorded; `key` is its key in inboxes, once it was sent."""

    id: str
    type: str
    subject: str
    sequence: int
    causation: str | None
    recorded_at: datetime
    sent_at: datetime | None
    key: UUID | None


class Effect(ResponseModel):
    """What a feature did: points that moved, a delivery.

    `what` is its sort (a rule, a channel), `causation` the message that led to it, `to` whom it
    concerns, `until` when it was over.
    """

    kind: str
    id: UUID
    what: str
    state: str
    causation: str | None
    subject: str
    to: UUID | None = None
    amount: int | None = None
    attempts: int | None = None
    error: str | None = None
    at: datetime
    until: datetime | None = None
    due_at: datetime | None = None


class HandledMessage(ResponseModel):
    """A message that came to the service, and what became of it.

    Of one that is done the inbox keeps no more than its type; `id`, `subject` and the others are
    there while it isn't.
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
    """What the service said and did; `cut` where it was more than 500 of either."""

    messages: list[SentMessage]
    effects: list[Effect]
    cut: bool


class HandledMessages(ResponseModel):
    """What came to the service."""

    handled: list[HandledMessage]


class Keys(RequestModel):
    """Which messages are asked for, by their keys."""

    keys: Annotated[list[UUID], Field(max_length=MAX_ITEMS)]


@dataclass(frozen=True, slots=True)
class TrailKey:
    """A correlation id within one station, and what the service said because of it."""

    station: UUID
    correlation: UUID
    messages: Sequence[Envelope] = ()


Effects = Callable[[AsyncSession, TrailKey], Awaitable[Sequence[Effect]]]


async def sent_and_effects(tx: AsyncSession, service: "Service", key: TrailKey) -> ServiceTrail:
    """What the service said and did, in the order of time; of one station, 500 of each at most."""
    rows = [*await _rows(tx, outbox, key), *await _rows(tx, sent, key)]
    by_id: dict[str, tuple[Envelope, SentMessage]] = {}
    for row in rows:
        envelope = Envelope.from_json(row.body)
        by_id[envelope.id] = (envelope, _sent_message(envelope, row))
    found = sorted(by_id.values(), key=lambda one: one[1].recorded_at)
    told = TrailKey(key.station, key.correlation, [envelope for envelope, _ in found[:MAX_ITEMS]])
    effects = await service.effects(tx, told)
    return ServiceTrail(
        messages=[said for _, said in found[:MAX_ITEMS]],
        effects=list(effects[:MAX_ITEMS]),
        cut=max(len(found), len(effects)) > MAX_ITEMS,
    )


async def handled_messages(
    tx: AsyncSession, service: str, key: TrailKey, keys: Sequence[UUID]
) -> list[HandledMessage]:
    """Those messages, and whatever else of the station the inbox keeps, as far as it knows them.

    What is done has no station in the inbox. A key is worth one: it is made of the message's id,
    which only its own station is told.
    """
    ours = inbox.c.station_id == key.station
    statement = (
        select(inbox)
        .where(
            inbox.c.consumer == service,
            inbox.c.correlation == key.correlation,
            or_(ours, inbox.c.station_id.is_(None) & inbox.c.message_key.in_(keys)),
        )
        .order_by(inbox.c.received_at, inbox.c.message_key)
        .limit(MAX_ITEMS)
    )
    return [_handled_message(row) for row in await tx.execute(statement)]


async def show_service_trail(
    request: Request, correlation_id: UUID, tx: Tx, actor: CurrentActor
) -> ServiceTrail:
    """What this service said and did under that correlation id, in the own station."""
    service = request.app.state.runtime.service
    return await sent_and_effects(tx, service, TrailKey(actor.station, correlation_id))


async def show_handled(
    request: Request, correlation_id: UUID, tx: Tx, actor: CurrentActor, body: Keys
) -> HandledMessages:
    """What became of those messages in this service; it changes nothing."""
    service = request.app.state.runtime.service.name
    found = await handled_messages(tx, service, TrailKey(actor.station, correlation_id), body.keys)
    return HandledMessages(handled=found)


def trail(service: str) -> ApiRouter:
    """The routes over that service's part of a trail."""
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
        key=message_key(publisher, envelope.source, envelope.id) if publisher else None,
    )


def _handled_message(row: Row[Any]) -> HandledMessage:
    said = message_fields(row)
    return HandledMessage.model_validate({**row._mapping, **said, "recorded_at": said["time"]})
