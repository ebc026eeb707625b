"""Snapshots: the current state of a feature, recorded again for services that copy it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.aggregate import Aggregate
from shared.bus.admin.redrive import Operator, OperatorAction, log_action
from shared.bus.outbox.record import record_many
from shared.contracts.contract import Contract
from shared.ids import new_id
from shared.observability.context import message_context

CHUNK_SIZE = 500
CAUSE_PREFIX = "snapshots/"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The aggregates' model, and the message about one aggregate's state; None for no message."""

    model: type[Aggregate]
    to_message: Callable[[Any], Contract | None]


def is_snapshot(causation: str | None) -> bool:
    """Return whether a message with that `causation` is part of a snapshot."""
    return causation is not None and causation.startswith(CAUSE_PREFIX)


async def count(tx: AsyncSession, snapshot: Snapshot, station: UUID | None) -> int:
    """Count the aggregates, of one station or of all."""
    statement = (
        select(func.count()).select_from(snapshot.model).where(*_in_scope(snapshot, station))
    )
    return await tx.scalar(statement) or 0


async def record(
    sessions: async_sessionmaker[AsyncSession], snapshot: Snapshot, operator: Operator, reason: str
) -> AsyncIterator[int]:
    """Record every aggregate at its present version in chunks; yield the total after each one.

    Each chunk has its own transaction. Readers ignore a projection older than theirs, so that a
    change made meanwhile wins.
    """
    snapshot_id, last_id, recorded = new_id(), UUID(int=0), 0
    action = OperatorAction(
        "snapshot", reason, chosen={"feature": snapshot.model.plural, "snapshot": str(snapshot_id)}
    )
    async with sessions.begin() as tx:
        total = await count(tx, snapshot, operator.station)
        await log_action(tx, operator, action, {operator.station: total})
    while True:
        async with sessions.begin() as tx:
            with message_context(snapshot_id, f"{CAUSE_PREFIX}{snapshot_id}"):
                ids = await _record_chunk(tx, snapshot, operator.station, last_id)
        if not ids:
            return
        last_id, recorded = ids[-1], recorded + len(ids)
        yield recorded


async def _record_chunk(
    tx: AsyncSession, snapshot: Snapshot, station: UUID | None, after: UUID
) -> list[UUID]:
    statement = (
        select(snapshot.model)
        .where(snapshot.model.id > after, *_in_scope(snapshot, station))
        .order_by(snapshot.model.id)
        .limit(CHUNK_SIZE)
        .with_for_update(read=True)
    )
    aggregates = list(await tx.scalars(statement))
    messages = [(one, snapshot.to_message(one)) for one in aggregates]
    await record_many(tx, [(one, contract) for one, contract in messages if contract is not None])
    return [one.id for one in aggregates]


def _in_scope(snapshot: Snapshot, station: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return () if station is None else (snapshot.model.station_id == station,)
