"""The first answer to a POST, kept in the action's transaction and given again to every repeat.

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
    text,
)
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.tables import bus_metadata
from shared.db import sealer_of
from shared.errors import Conflict, Invalid
from shared.language import N_
from shared.scheduler import Job

KEPT_FOR = timedelta(days=7)

answers = Table(
    "answers",
    bus_metadata,
    Column("key", LargeBinary, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("body", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("key", name="pk_answers"),
    Index("ix_answers_created_at", "created_at"),
)

# Made once, since every act runs both.
_TAKE = text(
    "INSERT INTO answers (key, fingerprint, created_at) VALUES (:key, :fingerprint, :created_at)"
    " ON CONFLICT DO NOTHING RETURNING key"
)
_KEEP = text("UPDATE answers SET status = :status, body = :body WHERE key = :key")


class KeyReused(Invalid):
    """One key was sent with two different requests."""

    title = N_("This Idempotency-Key belongs to another request")


class RequestInProgress(Conflict):
    """The first request with this key is still under way."""

    title = N_("The first request with this Idempotency-Key is still under way")


@dataclass(frozen=True)
class IdempotencyKey:
    """One request that must take effect once: who sent it, under which key, and what it says."""

    key: bytes
    fingerprint: bytes

    @classmethod
    def of(cls, person: UUID | None, key: str, request: bytes) -> "IdempotencyKey":
        """The request `request` (method, path and body) that `person` sent under `key`."""
        owner = hashlib.sha256(f"{person} {key}".encode()).digest()
        return cls(owner, hashlib.sha256(request).digest())


@dataclass(frozen=True)
class StoredResponse:
    """A kept answer."""

    status: int
    body: bytes


async def find_response(tx: AsyncSession, once: IdempotencyKey) -> StoredResponse | None:
    """The answer given before, or None: then the key is taken until this transaction ends.

    A second request with the same key waits here for the first to commit. Raises KeyReused.
    """
    # Keyed, or a phone could be guessed from the hash of the request that it came in.
    fingerprint = sealer_of(tx).blind_index(once.fingerprint.hex())
    taken = {"key": once.key, "fingerprint": fingerprint, "created_at": clock.now()}
    if (await tx.execute(_TAKE, taken)).first() is not None:
        return None
    kept = (await tx.execute(answers.select().where(answers.c.key == once.key))).one_or_none()
    if kept is None or kept.status is None:
        raise RequestInProgress
    if kept.fingerprint != fingerprint:
        raise KeyReused
    return StoredResponse(kept.status, sealer_of(tx).unseal(kept.body.decode()).encode())


async def store_response(tx: AsyncSession, once: IdempotencyKey, answer: StoredResponse) -> None:
    """Keep the answer beside what the action wrote, sealed: it may hold a phone or a code."""
    sealed = sealer_of(tx).seal(answer.body.decode()).encode()
    await tx.execute(_KEEP, {"key": once.key, "status": answer.status, "body": sealed})


async def forget_old_answers(tx: AsyncSession) -> None:
    """Delete the answers of more than a week ago."""
    await tx.execute(delete(answers).where(answers.c.created_at < clock.now() - KEPT_FOR))


FORGET_ANSWERS = Job("answers.forget", timedelta(hours=1), forget_old_answers)
