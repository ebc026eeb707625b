"""Recording messages in the outbox, in the transaction of the change that they announce."""

import asyncio
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.bus import commit_hooks
from shared.bus.message import Message
from shared.bus.message_keys import message_key
from shared.bus.tables import outbox
from shared.contracts.contract import Contract
from shared.contracts.envelope import Envelope
from shared.ids import new_id
from shared.observability import tracing
from shared.observability.context import causation_id, correlation_id, traceparent

LANE_COUNT = 16
_RECORDED = "recorded"


class Recordable(Protocol):
    """The subject of a message: an aggregate (`shared.aggregate.Aggregate`)."""

    @property
    def subject(self) -> str: ...
    @property
    def station_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message with an explicit subject, station and version, about no ORM aggregate.

    `cause` is the message that this one follows from, where the context has none (in batches).
    """

    subject: str
    station: UUID
    sequence: int
    content: Contract
    cause: Message[Any] | None = None


async def record(tx: AsyncSession, aggregate: Recordable, contract: Contract) -> UUID:
    """Record one message about an aggregate; return its id.

    The session is flushed first, so that the message has the version after this change.
    Raises: InvalidMessage for a message that exceeds a limit.
    """
    return (await record_many(tx, [(aggregate, contract)]))[0]


async def record_many(tx: AsyncSession, pairs: Iterable[tuple[Recordable, Contract]]) -> list[UUID]:
    """Record several messages with one statement, in this order; return their ids."""
    await tx.flush()
    messages = [
        OutgoingMessage(aggregate.subject, aggregate.station_id, aggregate.version, contract)
        for aggregate, contract in pairs
    ]
    return await record_messages(tx, messages)


async def record_messages(tx: AsyncSession, messages: Sequence[OutgoingMessage]) -> list[UUID]:
    """Record messages of code that works on tables, not on aggregates; return their ids."""
    if not messages:
        return []
    ids = [new_id() for _ in messages]
    rows = [_message_row(id_, message) for id_, message in zip(ids, messages, strict=True)]
    await _write(tx, rows)
    return ids


async def forward(tx: AsyncSession, message: Message[Any]) -> UUID:
    """Record another publisher's message with its source and a new id; return the id."""
    id_ = new_id()
    envelope = Envelope(
        id=str(id_),
        type=message.type,
        source=message.source,
        subject=message.subject,
        time=message.time,
        station=message.station,
        sequence=message.sequence,
        correlationid=message.correlation,
        data=message.content.model_dump(mode="json"),
        causationid=message.id,
        traceparent=message.traceparent,
    )
    await _write(tx, [_envelope_row(envelope)])
    return id_


def wake_after_commit(sessions: async_sessionmaker[AsyncSession], wake: asyncio.Event) -> None:
    """Set `wake` on every commit of these `sessions` that recorded a message."""
    commit_hooks.wake_on_commit(sessions, _RECORDED, wake)


def mark_recorded(tx: AsyncSession) -> None:
    """Let the commit wake the relay, for code that writes to the outbox itself."""
    commit_hooks.mark_work(tx, _RECORDED)


def lane_of(subject: str) -> int:
    """Return the lane of a subject: messages about one subject are relayed in order."""
    return zlib.crc32(subject.encode()) % LANE_COUNT


async def _write(tx: AsyncSession, rows: Sequence[dict[str, object]]) -> None:
    await tx.execute(insert(outbox), rows)
    mark_recorded(tx)


def _message_row(id_: UUID, message: OutgoingMessage) -> dict[str, object]:
    correlation, causation, parent = _context(message.cause)
    contract = type(message.content)
    attributes = {"messaging.message.id": str(id_), tracing.CORRELATION: str(correlation or id_)}
    envelope = Envelope(
        id=str(id_),
        type=contract.type,
        source=contract.source,
        subject=message.subject,
        time=clock.now(),
        station=message.station,
        sequence=message.sequence,
        correlationid=correlation or id_,
        data=message.content.model_dump(mode="json"),
        causationid=causation,
        traceparent=tracing.start_publish_span(contract.service, contract.type, attributes, parent),
    )
    return _envelope_row(envelope)


def _envelope_row(envelope: Envelope) -> dict[str, object]:
    return {
        "lane": lane_of(envelope.subject),
        "type": envelope.type,
        "subject": envelope.subject,
        "correlation": envelope.correlationid,
        "body": envelope.to_json(),
        "message_key": message_key(envelope.source, envelope.id),
    }


def _context(cause: Message[Any] | None) -> tuple[UUID | None, str | None, str | None]:
    if cause is not None:
        return cause.correlation, cause.id, cause.traceparent
    return correlation_id.get(), causation_id.get(), traceparent.get()
