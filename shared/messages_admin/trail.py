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

from shared.bus.inbox.store import key_of
from shared.bus.tables import inbox, outbox, sent
from shared.contracts.envelope import Envelope
from shared.messages_admin.api import told
from shared.web.http import Api, Body, Tx, View, Who

if TYPE_CHECKING:
    from shared.runtime.service import Service

POLICY = "trail.read"
MOST = 500


class Said(View):
    """A message that the service recorded; `key` is its key in inboxes, once it was sent."""

    id: str
    type: str
    subject: str
    sequence: int
    causation: str | None
    recorded_at: datetime
    sent_at: datetime | None
    key: UUID | None


class Effect(View):
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


class Handled(View):
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


class Part(View):
    """What the service said and did; `cut` where it was more than 500 of either."""

    messages: list[Said]
    effects: list[Effect]
    cut: bool


class Came(View):
    """What came to the service."""

    handled: list[Handled]


class Keys(Body):
    """Which messages are asked for, by their keys."""

    keys: Annotated[list[UUID], Field(max_length=MOST)]


@dataclass(frozen=True, slots=True)
class Case:
    """A correlation id within one station, and what the service said because of it."""

    station: UUID
    correlation: UUID
    messages: Sequence[Envelope] = ()


Effects = Callable[[AsyncSession, Case], Awaitable[Sequence[Effect]]]


async def part(tx: AsyncSession, service: "Service", case: Case) -> Part:
    """What the service said and did, in the order of time; of one station, 500 of each at most."""
    rows = [*await _rows(tx, outbox, case), *await _rows(tx, sent, case)]
    by_id: dict[str, tuple[Envelope, Said]] = {}
    for row in rows:
        envelope = Envelope.from_json(row.body)
        by_id[envelope.id] = (envelope, _said(envelope, row))
    found = sorted(by_id.values(), key=lambda one: one[1].recorded_at)
    told = Case(case.station, case.correlation, [envelope for envelope, _ in found[:MOST]])
    effects = await service.effects(tx, told)
    return Part(
        messages=[said for _, said in found[:MOST]],
        effects=list(effects[:MOST]),
        cut=max(len(found), len(effects)) > MOST,
    )


async def came(tx: AsyncSession, service: str, case: Case, keys: Sequence[UUID]) -> list[Handled]:
    """Those messages, and whatever else of the station the inbox keeps, as far as it knows them.

    What is done has no station in the inbox. A key is worth one: it is made of the message's id,
    which only its own station is told.
    """
    ours = inbox.c.station_id == case.station
    statement = (
        select(inbox)
        .where(
            inbox.c.consumer == service,
            inbox.c.correlation == case.correlation,
            or_(ours, inbox.c.station_id.is_(None) & inbox.c.message_key.in_(keys)),
        )
        .order_by(inbox.c.received_at, inbox.c.message_key)
        .limit(MOST)
    )
    return [_handled(row) for row in await tx.execute(statement)]


async def show_part(request: Request, correlation_id: UUID, tx: Tx, actor: Who) -> Part:
    """What this service said and did under that correlation id, in the own station."""
    service = request.app.state.runtime.service
    return await part(tx, service, Case(actor.station, correlation_id))


async def show_handled(
    request: Request, correlation_id: UUID, tx: Tx, actor: Who, body: Keys
) -> Came:
    """What became of those messages in this service; it changes nothing."""
    service = request.app.state.runtime.service.name
    found = await came(tx, service, Case(actor.station, correlation_id), body.keys)
    return Came(handled=found)


def trail(service: str) -> Api:
    """The routes over that service's part of a trail."""
    router = Api(prefix=f"/operations/{service}/trail", tags=["operations"])
    router.get("/{correlation_id}", policy=POLICY)(show_part)
    router.post("/{correlation_id}/handled", policy=POLICY)(show_handled)
    return router


async def _rows(tx: AsyncSession, table: Table, case: Case) -> Iterator[Row[Any]]:
    station = cast(func.convert_from(table.c.body, "UTF8"), JSONB)["station"].astext
    statement = (
        select(table)
        .where(table.c.correlation == case.correlation, station == str(case.station))
        .order_by(table.c.created_at, table.c.id)
        .limit(MOST + 1)
    )
    return iter((await tx.execute(statement)).all())


def _said(envelope: Envelope, row: Row[Any]) -> Said:
    publisher = getattr(row, "publisher", None)
    return Said(
        id=envelope.id,
        type=envelope.type,
        subject=envelope.subject,
        sequence=envelope.sequence,
        causation=envelope.causationid,
        recorded_at=envelope.time,
        sent_at=getattr(row, "sent_at", None),
        key=key_of(publisher, envelope.source, envelope.id) if publisher else None,
    )


def _handled(row: Row[Any]) -> Handled:
    said = told(row)
    return Handled.model_validate({**row._mapping, **said, "recorded_at": said["time"]})
