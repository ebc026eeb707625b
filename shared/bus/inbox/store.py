"""The inbox table: a consumer's messages, and the bodies of those that failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Row, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.message import Message
from shared.bus.tables import IS_BEGUN, IS_DEFERRED, FailureState, inbox
from shared.db import database_now

LEASE_DURATION = timedelta(seconds=60)

# Ordered, or two replicas that receive the same messages deadlock.
_INSERT_NEW = text(
    "INSERT INTO inbox (consumer, message_key, type, correlation, state, received_at, handled_at,"
    " publisher, station_id, content_digest, recorded_at)"
    " SELECT :consumer, key, type, correlation, 'done', now() + moved, now() + moved,"
    " publisher, station, digest, recorded"
    " FROM unnest(CAST(:keys AS uuid[]), CAST(:types AS text[]), CAST(:correlations AS uuid[]),"
    " CAST(:publishers AS text[]), CAST(:stations AS uuid[]), CAST(:digests AS bytea[]),"
    " CAST(:old_keys AS uuid[]), CAST(:recorded AS timestamptz[]))"
    " AS incoming (key, type, correlation, publisher, station, digest, old_key, recorded),"
    " CAST(:moved AS interval) AS moved"
    " WHERE NOT EXISTS (SELECT FROM inbox AS before"
    " WHERE before.consumer = :consumer AND before.message_key = old_key) ORDER BY key"
    " ON CONFLICT DO NOTHING RETURNING message_key"
)


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A delivered message: its inbox key, its bytes, and the parsed message or the `error`.

    `station` is None for bytes that are no message. `publisher` is the broker user of the partner
    that published the message, None for services. A message that `may_be_newer` is of a type that
    a newer version of the service may handle. `digest` is that of a partner's content, `old_key`
    the key that the message had before (`message_keys.old_message_key`). `recorded_at` is when one
    of our services recorded the message.
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
    may_be_newer: bool = False
    digest: bytes | None = None
    old_key: UUID | None = None
    recorded_at: datetime | None = None

    @property
    def is_unusable(self) -> bool:
        """Whether no version of the service could handle the message."""
        return self.message is None and not self.may_be_newer


@dataclass(frozen=True, slots=True)
class DueSelection:
    """Selection of a service's retries: deferred or failed ones, to be handled alone or not."""

    consumer: str
    deferred: bool
    alone: bool

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions on inbox rows."""
        return (
            inbox.c.consumer == self.consumer,
            inbox.c.state == "retry",
            literal_column(IS_DEFERRED, Boolean).is_(self.deferred),
            literal_column(IS_BEGUN, Boolean).is_(self.alone),
        )


@dataclass(frozen=True, slots=True)
class FailureDisposition:
    """The next state of a message that failed; one that is retried is due after `delay`.

    A message with `claims` has been begun without an outcome: its next attempt is made alone.
    """

    state: FailureState
    attempts: int = 0
    deferrals: int = 0
    delay: timedelta | None = None
    error: str = ""
    claims: int = 0

    @classmethod
    def park(cls, error: str, *, attempts: int = 0, deferrals: int = 0) -> Self:
        """Return the disposition of a message that only an operator retries."""
        return cls("parked", attempts, deferrals, None, error)

    @classmethod
    def retry_now(cls) -> Self:
        """Return the disposition of a message that is handled at once, by the retry worker."""
        return cls("retry", delay=timedelta())

    @classmethod
    def wait(cls, delay: timedelta, error: str) -> Self:
        """Return the disposition of a message that is handled later, by the loop of deferrals."""
        return cls("retry", deferrals=1, delay=delay, error=error)

    @classmethod
    def retry_alone(cls) -> Self:
        """Return the disposition of a message that may have ended a process."""
        return cls("retry", delay=timedelta(), claims=1)

    def columns(self) -> dict[str, Any]:
        """Return the values of the inbox's columns."""
        return {
            "state": self.state,
            "attempts": self.attempts,
            "waits": self.deferrals,
            "claims": self.claims,
            "error": self.error or None,
            "due_at": None if self.delay is None else database_now() + self.delay,
        }


async def insert_new(
    tx: AsyncSession, consumer: str, messages: Sequence[IncomingMessage]
) -> set[UUID]:
    """Insert messages as done in this transaction; return the keys of the new ones."""
    new_keys = await tx.scalars(
        _INSERT_NEW,
        {
            "consumer": consumer,
            "moved": clock.offset(),
            "keys": [one.key for one in messages],
            "types": [one.type for one in messages],
            "correlations": [one.correlation for one in messages],
            # Partners query the outcome of their messages; our own have their station in `sent`.
            "publishers": [one.publisher for one in messages],
            "stations": [one.station if one.publisher else None for one in messages],
            "digests": [one.digest for one in messages],
            "old_keys": [one.old_key for one in messages],
            "recorded": [one.recorded_at for one in messages],
        },
    )
    return set(new_keys)


async def store_failed(
    tx: AsyncSession, consumer: str, one: IncomingMessage, disposition: FailureDisposition
) -> bool:
    """Store a failed message with its body; return False if the inbox already has the message."""
    if one.old_key is not None and await _has_row(tx, consumer, one.old_key):
        return False
    statement = (
        insert(inbox)
        .values(
            consumer=consumer,
            message_key=one.key,
            type=one.type,
            correlation=one.correlation,
            body=one.body,
            received_at=database_now(),
            station_id=one.station,
            publisher=one.publisher,
            is_unusable=one.is_unusable,
            content_digest=one.digest,
            recorded_at=one.recorded_at,
            **disposition.columns(),
        )
        .on_conflict_do_nothing()
        .returning(inbox.c.message_key)
    )
    return await tx.scalar(statement) is not None


async def claim_due(tx: AsyncSession, selection: DueSelection, limit: int) -> Sequence[Row[Any]]:
    """Claim up to `limit` due messages, the longest due first, and lease them.

    Each row has its `age` too, since it arrived or an operator retried it. A message that is
    claimed again without an outcome ended its process, or its lease ran out: from then on its
    attempt is counted by the claim. Commit before handling the messages.
    """
    due = (
        select(inbox.c.message_key)
        .where(*selection.conditions(), inbox.c.due_at <= database_now())
        .order_by(inbox.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    age = database_now() - func.coalesce(inbox.c.retried_at, inbox.c.received_at)
    claimed = await tx.execute(
        update(inbox)
        .where(inbox.c.consumer == selection.consumer, inbox.c.message_key.in_(due))
        .values(
            attempts=inbox.c.attempts + func.least(inbox.c.claims, 1),
            claims=inbox.c.claims + 1,
            due_at=database_now() + LEASE_DURATION,
        )
        .returning(inbox, age.label("age"))
    )
    rows: Sequence[Row[Any]] = claimed.all()
    return rows


def attempts_of(claimed: Row[Any]) -> int:
    """Return the number of attempts with the present one, which only a second claim has counted."""
    return int(claimed.attempts + (claimed.claims == 1))


async def release(tx: AsyncSession, claimed: Row[Any]) -> bool:
    """Take a claim back, whose attempt the database ended; False if another attempt owns it."""
    values = {
        "attempts": inbox.c.attempts - func.least(inbox.c.claims - 1, 1),
        "claims": inbox.c.claims - 1,
        "due_at": database_now(),
    }
    return await _change(tx, claimed, values)


async def finish(tx: AsyncSession, claimed: Row[Any]) -> bool:
    """Mark a claimed message as done; return False if another attempt owns the message."""
    values = {
        "state": "done",
        "attempts": attempts_of(claimed),
        "claims": 0,
        "is_unusable": False,
        "body": None,
        "error": None,
        "due_at": None,
        "handled_at": database_now(),
    }
    return await _change(tx, claimed, values)


async def store_retry(tx: AsyncSession, claimed: Row[Any], disposition: FailureDisposition) -> bool:
    """Store a claimed message's failure; return False if another attempt owns the message."""
    return await _change(tx, claimed, disposition.columns())


async def count_by_state(tx: AsyncSession, consumer: str) -> dict[str, int]:
    """Count the failed messages by state."""
    statement = (
        select(inbox.c.state, func.count().label("messages"))
        .where(inbox.c.consumer == consumer, inbox.c.state != "done")
        .group_by(inbox.c.state)
    )
    return {row.state: row.messages for row in await tx.execute(statement)}


async def _change(tx: AsyncSession, claimed: Row[Any], values: dict[str, Any]) -> bool:
    # The end of the lease is the fence: a lease that ran out belongs to the next claim.
    changed = await tx.execute(
        update(inbox)
        .where(
            inbox.c.consumer == claimed.consumer,
            inbox.c.message_key == claimed.message_key,
            inbox.c.state == "retry",
            inbox.c.due_at == claimed.due_at,
        )
        .values(values)
        .returning(inbox.c.message_key)
    )
    return changed.one_or_none() is not None


async def _has_row(tx: AsyncSession, consumer: str, key: UUID) -> bool:
    statement = select(inbox.c.message_key).where(
        inbox.c.consumer == consumer, inbox.c.message_key == key
    )
    return await tx.scalar(statement) is not None
