"""One replica of a service: what it holds while it runs, and the order of its start and stop."""

import asyncio
from contextlib import suppress
from functools import partial

from sqlalchemy import QueuePool, text
from sqlalchemy.ext.asyncio import AsyncEngine

import shared
from shared.background_loop import BackgroundLoop
from shared.bus import commit_hooks
from shared.bus.admin.redrive import wake_when_due
from shared.bus.inbox.consumer import Consumer
from shared.bus.inbox.dead_letters import DeadLetterCollector
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.maintenance import BUS_JOBS
from shared.bus.outbox.record import wake_after_commit
from shared.bus.outbox.relay import RELAY_WORKERS, Relay
from shared.bus.outbox.sampler import OutboxSampler
from shared.bus.transport.base import Transport
from shared.db import TIMEOUTS, Timeouts, make_engine, make_sessions
from shared.observability.metrics import BUILD_INFO, POOL_USE, TURN_AGE
from shared.observability.tracing import Tracing
from shared.runtime.heartbeat import Heartbeat
from shared.runtime.service import BackgroundTask, Readiness, Replica, Service
from shared.scheduler import Scheduler
from shared.settings import ServiceSettings
from shared.web.idempotency import DELETE_EXPIRED_JOB

CLOSE_TIMEOUT_SECONDS = 4.0
CONSUMER_CONNECTIONS = 5
SCHEDULER_CONNECTIONS = 3
READINESS_TIMEOUT_SECONDS = 4.0
# A batch that waits for a lock is handled message by message, without those that need it.
_IS_READ_ONLY = text("SELECT current_setting('transaction_read_only')")
CONSUMER_TIMEOUTS = Timeouts(lock="500ms")
JOBS = (*BUS_JOBS, DELETE_EXPIRED_JOB)


class Runtime:
    """One replica of one service: its connections, its background tasks and its application.

    Connections: a pool of `settings.pool_size` for requests, two for the relay, five for the
    consumer (a batch, partners' messages, retries, deferrals, dead letters), three for the
    scheduler, the heartbeat and the sampler of the outbox.
    """

    def __init__(self, service: Service, settings: ServiceSettings, transport: Transport) -> None:
        self.service = service
        self.settings = settings
        self.transport = transport
        self.stopping = False
        self.sealer = settings.sealer()
        tracing = Tracing(service.name, settings.otlp_endpoint)
        self._engines = self._make_engines()
        self.engine = self._engines["requests"]
        self.sessions = make_sessions(self.engine, self.sealer)
        scheduler_sessions = make_sessions(self._engines["scheduler"], self.sealer)
        consumer_sessions = make_sessions(self._engines["consumer"], self.sealer)
        self._all_sessions = (self.sessions, scheduler_sessions, consumer_sessions)
        self.relay = Relay(service.name, self._engines["relay"], transport)
        for sessions in self._all_sessions:
            wake_after_commit(sessions, self.relay.wake)
        dispatcher = Dispatcher(service.handlers, service.partners, service=service.name)
        self.consumer = Consumer(
            service.name,
            consumer_sessions,
            dispatcher,
            transport,
            partner_rate=settings.rate_publisher,
        )
        wake_when_due(self.sessions, self.consumer.retry_worker.wake)
        self.scheduler = Scheduler(service.name, scheduler_sessions, (*JOBS, *service.jobs))
        self.replica = self._replica(tracing)
        self._heartbeat = Heartbeat(service.name, scheduler_sessions, self._loops)
        self.background_tasks: tuple[BackgroundTask, ...] = (
            self._heartbeat,
            OutboxSampler(service.name, scheduler_sessions, self.relay.floors),
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
        self._measure()

    async def stop_relay(self) -> None:
        """Take no new lanes: what is in the outbox stays there. May be called twice."""
        self.stopping = True
        await self.relay.stop()

    async def stop_background_tasks(self) -> None:
        """Finish the batch, the job and the sending under way; may be called twice."""
        await asyncio.gather(*(task.stop() for task in self.background_tasks))

    async def close(self) -> None:
        """Close all connections, once nothing uses them any more."""
        for close in self.replica.on_close:
            await close()
        # A silent server would keep each of the connections waiting.
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                await asyncio.gather(*(engine.dispose() for engine in self._engines.values()))

    async def check_readiness(self) -> Readiness:
        """Check what has to be true for this replica to be given requests, and its parts."""
        try:
            async with asyncio.timeout(READINESS_TIMEOUT_SECONDS), self.engine.connect() as conn:
                state = await conn.execute(_IS_READ_ONLY)
                can_write = state.scalar_one() == "off" and self._heartbeat.alive
        except Exception:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
            can_write = False
        parts = {
            "relay": self.relay.alive,
            "consumer": self.consumer.alive,
            "background": all(task.alive for task in self.background_tasks),
        }
        is_ready = can_write and not self.stopping
        checks = {"database": can_write, **parts, "serving": not self.stopping}
        return Readiness(is_ready, {**checks, "degraded": not all(parts.values())})

    def _measure(self) -> None:
        """Let metrics read the age of each part's last turn and the use of each pool."""
        name = self.service.name
        BUILD_INFO.labels(name, shared.VERSION).set(1)
        for loop in self._loops():
            TURN_AGE.labels(name, loop.name).set_function(partial(_turn_age, loop))
        for purpose, engine in self._engines.items():
            POOL_USE.labels(name, purpose).set_function(partial(_connections_used, engine))

    def _loops(self) -> list[BackgroundLoop]:
        return [loop for task in (self.relay, *self.background_tasks) for loop in task.loops]

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

    def _make_engines(self) -> dict[str, AsyncEngine]:
        """Make an engine for each purpose.

        With pools of their own, no crowd of requests can keep messages from being relayed and
        handled.
        """
        sizes = {
            "requests": self.settings.pool_size,
            "relay": RELAY_WORKERS,
            "scheduler": SCHEDULER_CONNECTIONS,
            "consumer": CONSUMER_CONNECTIONS,
        }
        return {
            purpose: make_engine(
                self.settings.database_url.get_secret_value(),
                schema=self.service.name,
                name=f"{self.service.name} {purpose}",
                pool_size=size,
                timeouts=CONSUMER_TIMEOUTS if purpose == "consumer" else TIMEOUTS,
            )
            for purpose, size in sizes.items()
        }


def _turn_age(loop: BackgroundLoop) -> float:
    return loop.progress.age_seconds


def _connections_used(engine: AsyncEngine) -> float:
    pool = engine.pool
    return float(pool.checkedout()) if isinstance(pool, QueuePool) else 0.0
