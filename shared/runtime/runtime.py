"""One replica of a service: what it holds while it runs, and the order of its start and stop."""

import asyncio

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import commit_hooks
from shared.bus.admin.redrive import wake_when_due
from shared.bus.inbox.consumer import Consumer
from shared.bus.inbox.dead_letters import DeadLetterCollector
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.maintenance import BUS_JOBS
from shared.bus.outbox.record import wake_after_commit
from shared.bus.outbox.relay import RELAY_WORKERS, Relay
from shared.bus.transport.base import Transport
from shared.db import make_engine, make_sessions
from shared.observability.tracing import Tracing
from shared.runtime.service import BackgroundTask, Replica, Service
from shared.scheduler import Scheduler
from shared.settings import ServiceSettings
from shared.web.idempotency import DELETE_EXPIRED_JOB

CONSUMER_CONNECTIONS = 3


class Runtime:
    """One replica of one service: its connections, its background tasks and its application.

    Connections: a pool of `settings.pool_size` for requests, two for the relay, three for the
    consumer (a batch and what failed in it, retries, dead letters), one for the scheduler.
    """

    def __init__(self, service: Service, settings: ServiceSettings, transport: Transport) -> None:
        self.service = service
        self.settings = settings
        self.transport = transport
        self.stopping = False
        self.sealer = settings.sealer()
        tracing = Tracing(service.name, settings.otlp_endpoint)
        self.engine = self._engine(settings.pool_size)
        # Separate pools: no crowd of requests can keep messages from being relayed and handled.
        self._relay_engine = self._engine(RELAY_WORKERS, "relay")
        self._scheduler_engine = self._engine(1, "scheduler")
        self._consumer_engine = self._engine(CONSUMER_CONNECTIONS, "consumer")
        self.sessions = make_sessions(self.engine, self.sealer)
        scheduler_sessions = make_sessions(self._scheduler_engine, self.sealer)
        consumer_sessions = make_sessions(self._consumer_engine, self.sealer)
        self._all_sessions = (self.sessions, scheduler_sessions, consumer_sessions)
        self.relay = Relay(service.name, self._relay_engine, transport)
        for sessions in self._all_sessions:
            wake_after_commit(sessions, self.relay.wake)
        dispatcher = Dispatcher(service.handlers, service.partners, service=service.name)
        self.consumer = Consumer(service.name, consumer_sessions, dispatcher, transport)
        wake_when_due(self.sessions, self.consumer.retry_worker.wake)
        jobs = (*BUS_JOBS, DELETE_EXPIRED_JOB, *service.jobs)
        self.scheduler = Scheduler(service.name, scheduler_sessions, jobs)
        self.replica = self._replica(tracing)
        self.background_tasks: tuple[BackgroundTask, ...] = (
            self.consumer,
            DeadLetterCollector(service.name, consumer_sessions, dispatcher, transport),
            self.scheduler,
            *service.background_tasks(self.replica),
        )
        self.app = service.build_app(self.replica)

    async def start(self) -> None:
        """Start relay, consumer, scheduler and the service's tasks; return once all run."""
        for task in (self.relay, *self.background_tasks):
            await task.start()

    async def stop_relay(self) -> None:
        """Take no new lanes: what is in the outbox stays there. May be called twice."""
        self.stopping = True
        await self.relay.stop()

    async def stop_background_tasks(self) -> None:
        """Finish the batch, the job and the sending under way; may be called twice."""
        for task in self.background_tasks:
            await task.stop()

    async def close(self) -> None:
        """Close all connections, once nothing uses them any more."""
        for close in self.replica.on_close:
            await close()
        engines = (
            self.engine,
            self._relay_engine,
            self._scheduler_engine,
            self._consumer_engine,
        )
        for engine in engines:
            await engine.dispose()

    async def check_readiness(self) -> dict[str, bool]:
        """Check what has to be true for this replica to be given work."""
        try:
            async with self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
            database = True
        except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
            database = False
        return {
            "database": database,
            "relay": self.relay.alive,
            "consumer": self.consumer.alive,
            "background": all(task.alive for task in self.background_tasks),
            "serving": not self.stopping,
        }

    def _replica(self, tracing: Tracing) -> Replica:
        return Replica(
            service=self.service,
            settings=self.settings,
            engine=self.engine,
            sessions=self.sessions,
            sealer=self.sealer,
            check_readiness=self.check_readiness,
            wake_on_commit=self._wake_on_commit,
            on_close=[tracing.close],
        )

    def _wake_on_commit(self, work: str, wake: asyncio.Event) -> None:
        for sessions in self._all_sessions:
            commit_hooks.wake_on_commit(sessions, work, wake)

    def _engine(self, pool_size: int, purpose: str = "") -> AsyncEngine:
        name = f"{self.service.name} {purpose}".strip()
        url = self.settings.database_url.get_secret_value()
        return make_engine(url, schema=self.service.name, name=name, pool_size=pool_size)
