"""Idempotency of POSTs: the first response is stored in the action's transaction and repeated.

Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    delete,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.db import sealer_of, shared_metadata
from shared.errors import Conflict, Invalid
from shared.language import N_
from shared.scheduler import Job

RESPONSE_TTL = timedelta(days=7)
PURGE_CHUNK_SIZE = 5_000

answers = Table(
    "answers",
    shared_metadata,
    Column("key", LargeBinary, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("key", name="pk_answers"),
    Index("ix_answers_created_at", "created_at"),
)

# Compiled once, since every act runs both.
_INSERT_KEY = text(
    "INSERT INTO answers (key, fingerprint, created_at) VALUES (:key, :fingerprint, :created_at)"
    " ON CONFLICT DO NOTHING RETURNING key"
)
_UPDATE_RESPONSE = text("UPDATE answers SET status = :status, body = :body WHERE key = :key")


class KeyReused(Invalid):
    """One key was sent with two different requests."""

    title = N_("This Idempotency-Key belongs to another request")


class RequestInProgress(Conflict):
    """The first request with this key is still under way."""

    title = N_("The first request with this Idempotency-Key is still under way")


@dataclass(frozen=True)
class IdempotencyKey:
    """The key of one request that must take effect once, and the fingerprint of its content."""

    key: bytes
    fingerprint: bytes

    @classmethod
    def of(cls, person: UUID | None, key: str, request: bytes) -> "IdempotencyKey":
        """Make the key of `request` (method, path and body) that `person` sent under `key`."""
        owner = hashlib.sha256(f"{person} {key}".encode()).digest()
        return cls(owner, hashlib.sha256(request).digest())


@dataclass(frozen=True)
class StoredResponse:
    """The status and the body of a first response."""

    status: int
    body: bytes


async def find_response(tx: AsyncSession, key: IdempotencyKey) -> StoredResponse | None:
    """Return the stored response, or None: then this transaction holds the key until it ends.

    A second request with the same key waits here for the first to commit.

    Raises: KeyReused, RequestInProgress.
    """
    # Keyed, or a phone could be guessed from the hash of the request that it came in.
    fingerprint = sealer_of(tx).blind_index(key.fingerprint.hex())
    row = {"key": key.key, "fingerprint": fingerprint, "created_at": clock.now()}
    if (await tx.execute(_INSERT_KEY, row)).first() is not None:
        return None
    stored = (await tx.execute(answers.select().where(answers.c.key == key.key))).one_or_none()
    if stored is None or stored.status is None:
        raise RequestInProgress
    if stored.fingerprint != fingerprint:
        raise KeyReused
    return StoredResponse(stored.status, sealer_of(tx).unseal(stored.body.decode()).encode())


async def store_response(tx: AsyncSession, key: IdempotencyKey, response: StoredResponse) -> None:
    """Store the response beside what the action wrote, sealed: it may hold a phone or a code."""
    sealed = sealer_of(tx).seal(response.body.decode()).encode()
    values = {"key": key.key, "status": response.status, "body": sealed}
    await tx.execute(_UPDATE_RESPONSE, values)


async def delete_expired(tx: AsyncSession) -> bool:
    """Delete a chunk of the responses of more than a week ago; return True if there may be more."""
    expired = answers.c.created_at < clock.now() - RESPONSE_TTL
    chunk = select(answers.c.key).where(expired).limit(PURGE_CHUNK_SIZE).scalar_subquery()
    deleted = await tx.execute(delete(answers).where(answers.c.key.in_(chunk)))
    return bool(deleted.rowcount >= PURGE_CHUNK_SIZE)  # type: ignore[attr-defined]


DELETE_EXPIRED_JOB = Job("answers.forget", timedelta(minutes=1), delete_expired)
