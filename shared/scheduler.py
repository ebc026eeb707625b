"""Scheduler of timed jobs, each run in one replica at a time and in one transaction."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.background_loop import BackgroundLoop, LoopTask
from shared.backoff import Backoff
from shared.db import TimestampTZ, database_now, shared_metadata
from shared.db_errors import redacted_message
from shared.ids import new_id
from shared.observability.context import message_context
from shared.observability.logs import logger
from shared.observability.metrics import JOB_OVERDUE, JOBS_RUN

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
    """A job run every `interval`, in a transaction of its own that commits when `run` returns.

    `run` returns True if it has left work, as a purge in chunks does: then it is due again at once.
    Inside of it `clock.now()` is the database's time, whatever the replica's clock says.
    """

    name: str
    interval: timedelta
    run: Callable[[AsyncSession], Awaitable[bool | None]]


class Scheduler(LoopTask):
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
        super().__init__(self._loop)

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
        rows = [{"name": name, "due_at": database_now()} for name in sorted(self._jobs)]
        async with self._sessions() as tx, tx.begin():
            await tx.execute(insert(jobs).values(rows).on_conflict_do_nothing())

    async def _register_and_run(self) -> None:
        if not self._is_registered:
            await self.register()
            self._is_registered = True
        await self.run_due()

    async def _due_names(self) -> list[str]:
        overdue = func.extract("epoch", database_now() - jobs.c.due_at).label("overdue_seconds")
        statement = (
            select(jobs.c.name, overdue)
            .where(jobs.c.name.in_(self._jobs), jobs.c.due_at <= database_now())
            .order_by(jobs.c.due_at)
        )
        async with self._sessions() as tx:
            due = (await tx.execute(statement)).all()
        JOB_OVERDUE.labels(self._service).set(due[0].overdue_seconds if due else 0)
        return [row.name for row in due]

    async def _run_job(self, job: Job) -> bool:
        try:
            async with self._sessions() as tx, tx.begin():
                moment = await self._lock_due(tx, job)
                if moment is None:
                    return False
                with message_context(new_id(), None), clock.aligned(moment):
                    has_more = await job.run(tx)
                    await tx.flush()
                due_at = database_now() if has_more else database_now() + job.interval
                values = {"ran_at": database_now(), "due_at": due_at, "error": None}
                await tx.execute(update(jobs).where(jobs.c.name == job.name).values(values))
        except Exception as error:  # noqa: BLE001 - a job may fail in any way; the others go on
            await self._record_failure(job, error)
            return False
        JOBS_RUN.labels(self._service, job.name, "done").inc()
        return True

    async def _lock_due(self, tx: AsyncSession, job: Job) -> datetime | None:
        """Lock a job that is due; return the database's time, None if the job isn't due."""
        statement = (
            select(database_now())
            .where(jobs.c.name == job.name, jobs.c.due_at <= database_now())
            .with_for_update(of=jobs, skip_locked=True)
        )
        moment: datetime | None = await tx.scalar(statement)
        return moment

    async def _record_failure(self, job: Job, error: Exception) -> None:
        log.error("job failed", job=job.name, error=redacted_message(error))
        JOBS_RUN.labels(self._service, job.name, "failed").inc()
        due_at = database_now() + min(job.interval, RETRY_FAILED_JOB_AFTER)
        async with self._sessions() as tx, tx.begin():
            await tx.execute(
                update(jobs)
                .where(jobs.c.name == job.name)
                .values(due_at=due_at, error=redacted_message(error))
            )
