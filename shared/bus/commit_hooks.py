"""After-commit hooks: set an event once a transaction that marked work for it has committed."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from shared.state_key import StateKey

_WAKE_EVENTS = StateKey[Mapping[str, asyncio.Event]]("wake events")
_MARKED_WORK = StateKey[set[str]]("marked work")


def wake_on_commit(
    sessions: async_sessionmaker[AsyncSession], work: str, wake: asyncio.Event
) -> None:
    """Set `wake` on every commit of these `sessions` that marked this kind of `work`."""
    info: dict[Any, Any] = dict(sessions.kw.get("info") or {})
    _WAKE_EVENTS.set(info, {**(_WAKE_EVENTS.find(info) or {}), work: wake})
    sessions.configure(info=info)


def mark_work(tx: AsyncSession, work: str) -> None:
    """Mark the transaction as one that creates this kind of `work`."""
    _MARKED_WORK.set(tx.info, {*(_MARKED_WORK.find(tx.info) or ()), work})


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.in_nested_transaction():
        return  # A savepoint: its work is done when the transaction commits.
    wake_events = _WAKE_EVENTS.find(session.info) or {}
    for work in _MARKED_WORK.find(session.info) or ():
        if work in wake_events:
            wake_events[work].set()
    _MARKED_WORK.set(session.info, set())


@event.listens_for(Session, "after_rollback")
def _discard_marked_work(session: Session) -> None:
    if session.in_nested_transaction():
        return
    _MARKED_WORK.set(session.info, set())
