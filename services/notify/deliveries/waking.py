"""Waking a replica's sender when a transaction that queued deliveries has committed."""

import asyncio
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

_WAKE = "deliveries wake"
_QUEUED = "deliveries queued"


def wake_by(sessions: async_sessionmaker[AsyncSession], wake: asyncio.Event) -> None:
    """Let every commit of these sessions that queued deliveries set `wake`."""
    known: dict[Any, Any] = dict(sessions.kw.get("info") or {})
    sessions.configure(info={**known, _WAKE: wake})


def wake_after_commit(tx: AsyncSession) -> None:
    """This transaction has queued deliveries."""
    tx.sync_session.info[_QUEUED] = True


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.info.pop(_QUEUED, False):
        wake: asyncio.Event | None = session.info.get(_WAKE)
        if wake is not None:
            wake.set()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_QUEUED, None)
