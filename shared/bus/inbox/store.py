"""The inbox table: the keys of a consumer's messages, and the bodies of those that failed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid5

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.message import Message
from shared.bus.tables import inbox

LEASE_DURATION = timedelta(seconds=60)
_NAMESPACE = UUID("7f3d4f2e-5f0a-5c58-9f3c-3a3f0b1c7a11")

# Ordered, or two replicas that receive the same messages deadlock.
_INSERT_NEW = text(
    "INSERT INTO inbox (consumer, message_key, type, correlation, state, received_at, handled_at,"
    " publisher, station_id)"
    " SELECT :consumer, key, type, correlation, 'done', :now, :now, publisher, station"
    " FROM unnest(CAST(:keys AS uuid[]), CAST(:types AS text[]), CAST(:correlations AS uuid[]),"
    " CAST(:publishers AS text[]), CAST(:stations AS uuid[]))"
    " AS incoming (key, type, correlation, publisher, station) ORDER BY key"
    " ON CONFLICT DO NOTHING RETURNING message_key"
)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A delivered message: its inbox key, its bytes, and the parsed message or the `error`.

    `station` is None for bytes that are no message. `publisher` is the broker user of the partner
    that published the message, None for services.
    """

    key: UUID
    type: str
    correlation: UUID
    body: bytes
    message: Message[Any] | None
    error: str = ""
    count: int = 0
    station: UUID | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class FailureDisposition:
    """The next state of a message that failed, and when the message is due."""

    state: str
    attempts: int
    deferrals: int
    due_at: datetime | None
    error: str

    @classmethod
    def retry_now(cls) -> Self:
        """Return the disposition of a message that is retried at once, alone."""
        return cls("retry", 0, 0, clock.now(), "")


def message_key(user: str, source: str, id_: str) -> UUID:
    """Return a message's key, derived from its publisher's broker user, its source and its id."""
    return uuid5(_NAMESPACE, json.dumps([user, source, id_]))


def invalid_message_key(user: str, type_: str, body: bytes) -> UUID:
    """Return a key for bytes that are no genuine message; it equals no genuine message's key."""
    digest = hashlib.sha256(body).hexdigest()
    return uuid5(_NAMESPACE, json.dumps(["unusable", user, type_, digest]))


async def insert_new(
    tx: AsyncSession, consumer: str, messages: Sequence[IncomingMessage]
) -> set[UUID]:
    """Insert messages as done in this transaction; return the keys of the new ones."""
    new_keys = await tx.scalars(
        _INSERT_NEW,
        {
            "consumer": consumer,
            "now": clock.now(),
            "keys": [one.key for one in messages],
            "types": [one.type for one in messages],
            "correlations": [one.correlation for one in messages],
            # Partners query the outcome of their messages; our own have their station in `sent`.
            "publishers": [one.publisher for one in messages],
            "stations": [one.station if one.publisher else None for one in messages],
        },
    )
    return set(new_keys)


async def store_failed(
    tx: AsyncSession, consumer: str, one: IncomingMessage, disposition: FailureDisposition
) -> bool:
    """Store a failed message with its body; return False if the inbox already has the message."""
    statement = (
        insert(inbox)
        .values(
            consumer=consumer,
            message_key=one.key,
            type=one.type,
            correlation=one.correlation,
            state=disposition.state,
            attempts=disposition.attempts,
            waits=disposition.deferrals,
            body=one.body,
            error=disposition.error or None,
            due_at=disposition.due_at,
            received_at=clock.now(),
            station_id=one.station,
            publisher=one.publisher,
        )
        .on_conflict_do_nothing()
        .returning(inbox.c.message_key)
    )
    return await tx.scalar(statement) is not None


async def claim(tx: AsyncSession, consumer: str, key: UUID | None = None) -> Row[Any] | None:
    """Claim one due message, or the one with `key` if it is due: count its attempt and lease it.

    Commit before handling the message, so that an attempt that crashes is counted.
    """
    due = (
        select(inbox.c.message_key)
        .where(inbox.c.consumer == consumer, inbox.c.state == "retry")
        .where(inbox.c.due_at <= clock.now())
        .order_by(inbox.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if key is not None:
        due = due.where(inbox.c.message_key == key)
    claimed = await tx.execute(
        update(inbox)
        .where(inbox.c.consumer == consumer, inbox.c.message_key == due.scalar_subquery())
        .values(attempts=inbox.c.attempts + 1, due_at=clock.now() + LEASE_DURATION)
        .returning(inbox)
    )
    row: Row[Any] | None = claimed.one_or_none()
    return row


async def finish(tx: AsyncSession, claimed: Row[Any]) -> bool:
    """Mark a claimed message as done; return False if another attempt owns the message."""
    values = {"state": "done", "body": None, "error": None, "due_at": None}
    return await _change(tx, claimed, {**values, "handled_at": clock.now()})


async def store_retry(tx: AsyncSession, claimed: Row[Any], disposition: FailureDisposition) -> bool:
    """Store a claimed message's failure; return False if another attempt owns the message."""
    values = {
        "state": disposition.state,
        "attempts": disposition.attempts,
        "waits": disposition.deferrals,
        "due_at": disposition.due_at,
        "error": disposition.error,
    }
    return await _change(tx, claimed, values)


async def count_by_state(tx: AsyncSession, consumer: str) -> dict[str, int]:
    """Count the failed messages by state."""
    statement = (
        select(inbox.c.state, func.count().label("messages"))
        .where(inbox.c.consumer == consumer, inbox.c.state != "done")
        .group_by(inbox.c.state)
    )
    return {row.state: row.messages for row in await tx.execute(statement)}


async def _change(tx: AsyncSession, claimed: Row[Any], values: dict[str, Any]) -> bool:
    # The number of the attempt is the fence: a lease that ran out belongs to the next attempt.
    changed = await tx.execute(
        update(inbox)
        .where(
            inbox.c.consumer == claimed.consumer,
            inbox.c.message_key == claimed.message_key,
            inbox.c.state == "retry",
            inbox.c.attempts == claimed.attempts,
        )
        .values(values)
        .returning(inbox.c.message_key)
    )
    return changed.one_or_none() is not None
