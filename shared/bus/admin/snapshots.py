"""Snapshots: the current state of a feature, recorded again for those who keep a copy of it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.bus.admin.redrive import Operator, OperatorAction, log_action
from shared.bus.outbox.record import record_many
from shared.contracts.envelope import Contract
from shared.db import Aggregate
from shared.ids import new_id
from shared.observability.logs import message_context

CHUNK_SIZE = 500
CAUSE_PREFIX = "snapshots/"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Of which aggregates, and what is said of one as it stands; None where nothing is."""

    model: type[Aggregate]
    to_message: Callable[[Any], Contract | None]


def is_snapshot(causation: str | None) -> bool:
    """Whether a message with that cause says again what was said before."""
    return causation is not None and causation.startswith(CAUSE_PREFIX)


async def count(tx: AsyncSession, snapshot: Snapshot, station: UUID | None) -> int:
    """How many aggregates there are, of that station or of all."""
    statement = select(func.count()).select_from(snapshot.model).where(*_own(snapshot, station))
    return await tx.scalar(statement) or 0


async def record(
    sessions: async_sessionmaker[AsyncSession], snapshot: Snapshot, operator: Operator, reason: str
) -> AsyncIterator[int]:
    """Record every one at its present version, a chunk in a transaction; how many each time.

    Readers apply a projection unless they know a newer one, so that whatever changes meanwhile
    wins.
    """
    act, last, done = new_id(), UUID(int=0), 0
    deed = OperatorAction(
        "snapshot", reason, chosen={"feature": snapshot.model.plural, "snapshot": str(act)}
    )
    async with sessions.begin() as tx:
        total = await count(tx, snapshot, operator.station)
        await log_action(tx, operator, deed, {operator.station: total})
    while True:
        async with sessions.begin() as tx:
            with message_context(act, f"{CAUSE_PREFIX}{act}"):
                found = await _chunk(tx, snapshot, operator.station, last)
        if not found:
            return
        last, done = found[-1], done + len(found)
        yield done


async def _chunk(
    tx: AsyncSession, snapshot: Snapshot, station: UUID | None, after: UUID
) -> list[UUID]:
    statement = (
        select(snapshot.model)
        .where(snapshot.model.id > after, *_own(snapshot, station))
        .order_by(snapshot.model.id)
        .limit(CHUNK_SIZE)
        .with_for_update(read=True)
    )
    found = list(await tx.scalars(statement))
    said = [(one, snapshot.to_message(one)) for one in found]
    await record_many(tx, [(one, contract) for one, contract in said if contract is not None])
    return [one.id for one in found]


def _own(snapshot: Snapshot, station: UUID | None) -> tuple[ColumnElement[bool], ...]:
    return () if station is None else (snapshot.model.station_id == station,)
