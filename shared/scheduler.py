"""Scheduler of timed jobs, each run in one replica at a time and in one transaction."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.background_loop import BackgroundLoop
from shared.backoff import Backoff
from shared.db import TimestampTZ, shared_metadata
from shared.db_errors import redacted_message
from shared.ids import new_id
from shared.observability.context import message_context
from shared.observability.logs import logger
from shared.observability.metrics import JOBS_RUN

POLL_INTERVAL_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 15.0
RETRY_FAILED_JOB_AFTER = timedelta(minutes=1)

log = logger(__name__)

jobs = Table(
    "jobs",
    shared_metadata,
    Column("name", Text, nullable=False),
    Column("due_at", TimestampTZ, nullable=False),
    Column("ran_at", TimestampTZ),
    Column("error", Text),
    PrimaryKeyConstraint("name", name="pk_jobs"),
)


@dataclass(frozen=True)
class Job:
    """A job run every `interval`, in a transaction of its own that commits when `run` returns."""

    name: str
    interval: timedelta
    run: Callable[[AsyncSession], Awaitable[None]]


class Scheduler:
    """Scheduler of one service's jobs; a job's row is locked while the job runs."""

    def __init__(
        self, service: str, sessions: async_sessionmaker[AsyncSession], periodic_jobs: Iterable[Job]
    ) -> None:
        self._service = service
        self._sessions = sessions
        self._jobs = {job.name: job for job in periodic_jobs}
        self._is_registered = False
        self._loop = BackgroundLoop(
            f"scheduler {service}",
            self._register_and_run,
            backoff=Backoff(POLL_INTERVAL_SECONDS, MAX_BACKOFF_SECONDS),
            transient=(SQLAlchemyError, OSError),
            interval_seconds=POLL_INTERVAL_SECONDS,
        )

    @property
    def alive(self) -> bool:
        """True while the scheduler runs."""
        return self._loop.alive

    async def start(self) -> None:
        """Start running due jobs in the background."""
        self._loop.start()

    async def stop(self) -> None:
        """Finish the job under way and end; may be called twice."""
        await self._loop.stop()

    async def run_due(self) -> list[str]:
        """Run the jobs that are due now, one after the other; return the names of jobs that ran."""
        ran = []
        for name in await self._due_names():
            if self._loop.stopping.is_set():
                break
            if await self._run_job(self._jobs[name]):
                ran.append(name)
        return ran

    async def register(self) -> None:
        """Insert the rows of jobs that have none yet, due at once."""
        if not self._jobs:
            return
        rows = [{"name": name, "due_at": clock.now()} for name in sorted(self._jobs)]
        async with self._sessions() as tx, tx.begin():
            await tx.execute(insert(jobs).values(rows).on_conflict_do_nothing())

    async def _register_and_run(self) -> None:
        if not self._is_registered:
            await self.register()
            self._is_registered = True
        await self.run_due()

    async def _due_names(self) -> list[str]:
        statement = (
            select(jobs.c.name)
            .where(jobs.c.name.in_(self._jobs), jobs.c.due_at <= clock.now())
            .order_by(jobs.c.due_at)
        )
        async with self._sessions() as tx:
            return list(await tx.scalars(statement))

    async def _run_job(self, job: Job) -> bool:
        try:
            async with self._sessions() as tx, tx.begin():
                if not await self._lock_due(tx, job):
                    return False
                with message_context(new_id(), None):
                    await job.run(tx)
                    await tx.flush()
                values = {
                    "ran_at": clock.now(),
                    "due_at": clock.now() + job.interval,
                    "error": None,
                }
                await tx.execute(update(jobs).where(jobs.c.name == job.name).values(values))
        except Exception as error:  # noqa: BLE001 - a job may fail in any way; the others go on
            await self._record_failure(job, error)
            return False
        JOBS_RUN.labels(self._service, job.name, "done").inc()
        return True

    async def _lock_due(self, tx: AsyncSession, job: Job) -> bool:
        statement = (
            select(jobs.c.name)
            .where(jobs.c.name == job.name, jobs.c.due_at <= clock.now())
            .with_for_update(skip_locked=True)
        )
        return await tx.scalar(statement) is not None

    async def _record_failure(self, job: Job, error: Exception) -> None:
        log.error("job failed", job=job.name, error=redacted_message(error))
        JOBS_RUN.labels(self._service, job.name, "failed").inc()
        due_at = clock.now() + min(job.interval, RETRY_FAILED_JOB_AFTER)
        async with self._sessions() as tx, tx.begin():
            await tx.execute(
                update(jobs)
                .where(jobs.c.name == job.name)
                .values(due_at=due_at, error=redacted_message(error))
            )
