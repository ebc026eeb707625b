"""Isolation: handles messages one by one, so that one's failure or locks spare the others."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.db_errors import is_contention, is_unavailable, rerun_after_deadlock

CHUNK_SIZE = 25
# In a transaction of several messages nobody waits for a lock: the message is tried again later.
_SHORT_LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '5ms'")
# Deferred constraints are checked while the savepoint can still be rolled back.
_CHECK_CONSTRAINTS = text("SET CONSTRAINTS ALL IMMEDIATE")
_DEFER_CONSTRAINTS = text("SET CONSTRAINTS ALL DEFERRED")

Item = TypeVar("Item")
Sessions = async_sessionmaker[AsyncSession]


class Outcome(Enum):
    """Outcome of one message; nothing is recorded of a LOCKED one, whose inbox row is locked."""

    HANDLED = "handled"
    REPEATED = "repeated"
    FAILED = "failed"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Steps(Generic[Item]):
    """What is done with one message.

    `handle` records the message as done and handles it, and returns False for one that is done
    already. `store_failure` records its failure.
    """

    handle: Callable[[AsyncSession, Item], Awaitable[bool]]
    store_failure: Callable[[AsyncSession, Item, Exception], Awaitable[None]]


async def handle_each(
    sessions: Sessions, items: Sequence[Item], steps: Steps[Item]
) -> list[Outcome]:
    """Handle each item in a savepoint, `CHUNK_SIZE` of them in a transaction.

    Raises only what says that the database is unavailable; then the last chunk isn't recorded.
    """
    outcomes: list[Outcome] = []
    for chunk in _chunks(items):
        if len(chunk) == 1:
            outcomes.append(await handle_alone(sessions, chunk[0], steps))
            continue
        try:
            outcomes += await _handle_chunk(sessions, chunk, steps)
        except Exception as error:
            if is_unavailable(error):
                raise
            # The commit failed, for one of them.
            outcomes += [await handle_alone(sessions, one, steps) for one in chunk]
    return outcomes


async def handle_alone(sessions: Sessions, item: Item, steps: Steps[Item]) -> Outcome:
    """Handle one item in a transaction of its own, which waits for locks as usual.

    Raises only what says that the database is unavailable.
    """

    async def transact() -> bool:
        async with sessions() as tx, tx.begin():
            return await steps.handle(tx, item)

    try:
        return Outcome.HANDLED if await rerun_after_deadlock(transact) else Outcome.REPEATED
    except Exception as error:
        if is_unavailable(error):
            raise
        return await store_failure(sessions, item, error, steps)


async def store_failure(
    sessions: Sessions, item: Item, error: Exception, steps: Steps[Item]
) -> Outcome:
    """Store the failure of one item in a transaction of its own."""

    async def transact() -> None:
        async with sessions() as tx, tx.begin():
            await steps.store_failure(tx, item, error)

    return await failed_unless_locked(transact())


async def failed_unless_locked(storing: Awaitable[object]) -> Outcome:
    """Return FAILED once a failure is stored, LOCKED if somebody else locks its inbox row."""
    try:
        await storing
    except Exception as error:
        if not is_contention(error):
            raise
        return Outcome.LOCKED
    return Outcome.FAILED


async def _handle_chunk(
    sessions: Sessions, chunk: Sequence[Item], steps: Steps[Item]
) -> list[Outcome]:
    async with sessions() as tx, tx.begin():
        await tx.execute(_SHORT_LOCK_TIMEOUT)
        return [await _handle_in_savepoint(tx, item, steps) for item in chunk]


async def _handle_in_savepoint(tx: AsyncSession, item: Item, steps: Steps[Item]) -> Outcome:
    try:
        async with tx.begin_nested():
            handled = await steps.handle(tx, item)
            await tx.execute(_CHECK_CONSTRAINTS)
            await tx.execute(_DEFER_CONSTRAINTS)
    except Exception as error:
        if is_unavailable(error):
            raise
        failure = error
    else:
        return Outcome.HANDLED if handled else Outcome.REPEATED
    tx.expunge_all()

    async def store() -> None:
        async with tx.begin_nested():
            await steps.store_failure(tx, item, failure)

    return await failed_unless_locked(store())


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for first in range(0, len(items), CHUNK_SIZE):
        yield items[first : first + CHUNK_SIZE]
