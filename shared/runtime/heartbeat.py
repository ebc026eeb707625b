"""Heartbeat: each replica's row, which says every 10 s that it lives and what its parts do."""

import os
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

import shared
from shared.background_loop import BackgroundLoop, LoopTask
from shared.backoff import Backoff
from shared.bus.tables import replicas
from shared.bus.transport.base import TRANSIENT_ERRORS
from shared.db import database_now
from shared.ids import new_id

INTERVAL_SECONDS = 10.0
# What a replica leaves that didn't stop in order.
MAX_SILENCE = timedelta(days=1)
_SHORT_LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '1s'")


class Heartbeat(LoopTask):
    """The heartbeat of one replica; `loops` returns the loops of its parts.

    Since the row is written, it shows as well that the database can be written to.
    """

    def __init__(
        self,
        service: str,
        sessions: async_sessionmaker[AsyncSession],
        loops: Callable[[], Sequence[BackgroundLoop]],
        *,
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        self.id = new_id()
        self._sessions = sessions
        self._parts = loops
        self._loop = BackgroundLoop(
            f"heartbeat {service}",
            self.beat,
            backoff=Backoff(1.0, INTERVAL_SECONDS),
            transient=TRANSIENT_ERRORS,
            interval_seconds=interval_seconds,
        )
        super().__init__(self._loop)

    async def stop(self) -> None:
        """Stop writing, and delete the row if that is possible; may be called twice."""
        await super().stop()
        try:
            async with self._sessions.begin() as tx:
                await tx.execute(_SHORT_LOCK_TIMEOUT)
                await tx.execute(delete(replicas).where(replicas.c.id == self.id))
        except TRANSIENT_ERRORS:
            return  # Other replicas delete it after a day.

    async def beat(self) -> None:
        """Write the row once."""
        parts = [
            {
                "name": loop.name,
                "turns": loop.progress.turns,
                "age_seconds": round(loop.progress.age_seconds, 1),
                "waits_for": loop.progress.waits_for,
                "alive": loop.alive,
            }
            for loop in self._parts()
        ]
        values = {"version": shared.VERSION, "parts": parts, "seen_at": database_now()}
        name = f"{socket.gethostname()}:{os.getpid()}"
        row = insert(replicas).values(id=self.id, name=name, started_at=database_now(), **values)
        async with self._sessions.begin() as tx:
            await tx.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))
            old = replicas.c.seen_at < database_now() - MAX_SILENCE
            await tx.execute(delete(replicas).where(old))
