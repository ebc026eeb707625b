"""After-commit hooks: set an event once a transaction that marked work for it has committed."""

import asyncio
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

_WAKE_EVENTS = "bus wake events"
_MARKED_WORK = "bus marked work"


def wake_on_commit(
    sessions: async_sessionmaker[AsyncSession], work: str, wake: asyncio.Event
) -> None:
    """Set `wake` on every commit of these `sessions` that marked this kind of `work`."""
    info: dict[Any, Any] = dict(sessions.kw.get("info") or {})
    sessions.configure(info={**info, _WAKE_EVENTS: {**info.get(_WAKE_EVENTS, {}), work: wake}})


def mark_work(tx: AsyncSession, work: str) -> None:
    """Mark the transaction as one that creates this kind of `work`."""
    tx.sync_session.info.setdefault(_MARKED_WORK, set()).add(work)


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    wake_events: dict[str, asyncio.Event] = session.info.get(_WAKE_EVENTS, {})
    for work in session.info.pop(_MARKED_WORK, ()):
        if work in wake_events:
            wake_events[work].set()


@event.listens_for(Session, "after_rollback")
def _discard_marked_work(session: Session) -> None:
    session.info.pop(_MARKED_WORK, None)
