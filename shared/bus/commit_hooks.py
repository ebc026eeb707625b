"""Waking a background part of this process once a transaction that made work for it committed."""

import asyncio
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

_WAKE_EVENTS = "bus wakes"
_MARKED_WORK = "bus work made"


def wake_on_commit(
    sessions: async_sessionmaker[AsyncSession], work: str, wake: asyncio.Event
) -> None:
    """Let every commit of these sessions that made this kind of work set `wake`."""
    info: dict[Any, Any] = dict(sessions.kw.get("info") or {})
    sessions.configure(info={**info, _WAKE_EVENTS: {**info.get(_WAKE_EVENTS, {}), work: wake}})


def mark_work(tx: AsyncSession, work: str) -> None:
    """This transaction has made this kind of work."""
    tx.sync_session.info.setdefault(_MARKED_WORK, set()).add(work)


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    wakes: dict[str, asyncio.Event] = session.info.get(_WAKE_EVENTS, {})
    for work in session.info.pop(_MARKED_WORK, ()):
        if work in wakes:
            wakes[work].set()


@event.listens_for(Session, "after_rollback")
def _discard_marked_work(session: Session) -> None:
    session.info.pop(_MARKED_WORK, None)
