"""Waking a background part of this process once a transaction that made work for it committed."""

import asyncio
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

_WAKES = "bus wakes"
_MADE = "bus work made"


def wake_by(sessions: async_sessionmaker[AsyncSession], work: str, wake: asyncio.Event) -> None:
    """Let every commit of these sessions that made this kind of work set `wake`."""
    info: dict[Any, Any] = dict(sessions.kw.get("info") or {})
    sessions.configure(info={**info, _WAKES: {**info.get(_WAKES, {}), work: wake}})


def made(tx: AsyncSession, work: str) -> None:
    """This transaction has made this kind of work."""
    tx.sync_session.info.setdefault(_MADE, set()).add(work)


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    wakes: dict[str, asyncio.Event] = session.info.get(_WAKES, {})
    for work in session.info.pop(_MADE, ()):
        if work in wakes:
            wakes[work].set()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_MADE, None)
