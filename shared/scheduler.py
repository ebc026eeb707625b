"""Timed jobs: each runs in one replica at a time, in the transaction that notes that it ran."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.bus.tables import jobs
from shared.db_errors import describe
from shared.ids import new_id
from shared.observability.logs import JOBS_RUN, caused, logger

TICK = 1.0
AFTER_FAILURE = timedelta(minutes=1)

log = logger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to do every so often, in a transaction of its own that commits when it returns."""

    name: str
    every: timedelta
    run: Callable[[AsyncSession], Awaitable[None]]


class Ticker:
    """Runs a service's jobs when they are due; a job's row is locked while it runs."""

    def __init__(
        self, service: str, sessions: async_sessionmaker[AsyncSession], due: Iterable[Job]
    ) -> None:
        self.alive = False
        self._service = service
        self._sessions = sessions
        self._jobs = {job.name: job for job in due}
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin ticking in the background."""
        if self._task is None:
            self._stopping.clear()
            self._task = asyncio.create_task(self._tick(), name=f"ticker {self._service}")

    async def stop(self) -> None:
        """Finish the job under way and end; may be called twice."""
        self._stopping.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def run_due(self) -> list[str]:
        """Run what is due now, one after the other; the names of what ran."""
        ran = []
        for name in await self._due():
            if self._stopping.is_set():
                break
            if await self._run(self._jobs[name]):
                ran.append(name)
        return ran

    async def register(self) -> None:
        """Make the rows of jobs that have none yet: they are due at once."""
        if not self._jobs:
            return
        rows = [{"name": name, "due_at": clock.now()} for name in sorted(self._jobs)]
        async with self._sessions() as tx, tx.begin():
            await tx.execute(insert(jobs).values(rows).on_conflict_do_nothing())

    async def _tick(self) -> None:
        registered = False
        self.alive = True
        while not self._stopping.is_set():
            try:
                if not registered:
                    await self.register()
                    registered = True
                await self.run_due()
            except (SQLAlchemyError, OSError) as error:
                log.warning("ticker waits for the database", error=describe(error))
            try:
                await asyncio.wait_for(self._stopping.wait(), TICK)
            except TimeoutError:
                continue
        self.alive = False

    async def _due(self) -> list[str]:
        statement = (
            select(jobs.c.name)
            .where(jobs.c.name.in_(self._jobs), jobs.c.due_at <= clock.now())
            .order_by(jobs.c.due_at)
        )
        async with self._sessions() as tx:
            return list(await tx.scalars(statement))

    async def _run(self, job: Job) -> bool:
        try:
            async with self._sessions() as tx, tx.begin():
                if not await self._take(tx, job):
                    return False
                with caused(new_id(), None):
                    await job.run(tx)
                    await tx.flush()
                done = {"ran_at": clock.now(), "due_at": clock.now() + job.every, "error": None}
                await tx.execute(update(jobs).where(jobs.c.name == job.name).values(done))
        except Exception as error:  # noqa: BLE001 - a job may fail in any way; the others go on
            await self._failed(job, error)
            return False
        JOBS_RUN.labels(self._service, job.name, "done").inc()
        return True

    async def _take(self, tx: AsyncSession, job: Job) -> bool:
        statement = (
            select(jobs.c.name)
            .where(jobs.c.name == job.name, jobs.c.due_at <= clock.now())
            .with_for_update(skip_locked=True)
        )
        return await tx.scalar(statement) is not None

    async def _failed(self, job: Job, error: Exception) -> None:
        log.error("job failed", job=job.name, error=describe(error))
        JOBS_RUN.labels(self._service, job.name, "failed").inc()
        again = clock.now() + min(job.every, AFTER_FAILURE)
        async with self._sessions() as tx, tx.begin():
            await tx.execute(
                update(jobs)
                .where(jobs.c.name == job.name)
                .values(due_at=again, error=describe(error))
            )
