"""One replica of a service: what it holds while it runs, and the order of its start and stop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.bus import commit_hooks
from shared.bus.admin.redrive import wake_when_due
from shared.bus.inbox.consumer import Consumer
from shared.bus.inbox.dead_letters import DeadLetterCollector
from shared.bus.inbox.dispatcher import Dispatcher
from shared.bus.maintenance import BUS_JOBS
from shared.bus.outbox.record import wake_after_commit
from shared.bus.outbox.relay import WORKER_COUNT, Relay
from shared.bus.transport.base import Transport
from shared.db import make_engine, make_sessions
from shared.observability.tracing import Tracing, instrument_handler, instrument_handlers
from shared.runtime.service import BackgroundTask, Service
from shared.scheduler import Scheduler
from shared.settings import ServiceSettings
from shared.web.idempotency import FORGET_ANSWERS

CONSUMING = 3


class Runtime:
    """One replica of one service: its connections, its background and its application.

    Per replica: a pool of `settings.pool_size` connections for requests, two for the relay, three
    for the consumer (a batch or what failed in it, retries, dead letters), one for the ticker.
    What the application opened (connections to other services) it adds to `closing`.
    """

    def __init__(self, service: Service, settings: ServiceSettings, transport: Transport) -> None:
        self.service = service
        self.settings = settings
        self.transport = transport
        self.stopping = False
        self.sealer = settings.sealer()
        tracing = Tracing(service.name, settings.otlp_endpoint)
        self.engine = self._engine(settings.pool_size)
        self.sessions = make_sessions(self.engine, self.sealer)
        self._relaying = self._engine(WORKER_COUNT, "relay")
        self._ticking = self._engine(1, "ticker")
        self.relay = Relay(service.name, self._relaying, transport)
        wake_after_commit(self.sessions, self.relay.wake)
        ticks = make_sessions(self._ticking, self.sealer)
        wake_after_commit(ticks, self.relay.wake)
        # Of its own, so that no crowd of requests can keep messages from being handled.
        self._consuming = self._engine(CONSUMING, "consumer")
        handled = make_sessions(self._consuming, self.sealer)
        wake_after_commit(handled, self.relay.wake)
        handlers = instrument_handlers(service.name, service.handlers)
        partners = service.partners
        if partners is not None:
            partners = replace(partners, handle=instrument_handler(service.name, partners.handle))
        reading = (service.name, handled, Dispatcher(handlers, partners), transport)
        self.consumer = Consumer(*reading)
        wake_when_due(self.sessions, self.consumer.retry_worker.wake)
        self._sessions = (self.sessions, ticks, handled)
        dead = DeadLetterCollector(*reading)
        self.ticker = Scheduler(service.name, ticks, (*BUS_JOBS, FORGET_ANSWERS, *service.jobs))
        self.background_tasks: tuple[BackgroundTask, ...] = (
            self.consumer,
            dead,
            self.ticker,
            *service.parts(self),
        )
        self.on_close: list[Callable[[], Awaitable[None]]] = [tracing.close]
        self.app = service.build_app(self)

    def wake_by(self, work: str, wake: asyncio.Event) -> None:
        """Let every commit of this replica that made this kind of work set `wake`."""
        for sessions in self._sessions:
            commit_hooks.wake_on_commit(sessions, work, wake)

    async def start(self) -> None:
        """Begin to consume, relay, tick and send; returns once everything runs."""
        for part in (self.relay, *self.background_tasks):
            await part.start()

    async def stop_relay(self) -> None:
        """Take no new turn: what is in the outbox stays there. May be called twice."""
        self.stopping = True
        await self.relay.stop()

    async def stop_rest(self) -> None:
        """Finish the batch, the job and the sending under way; may be called twice."""
        for part in self.background_tasks:
            await part.stop()

    async def close(self) -> None:
        """Let all connections go, once nothing uses them any more."""
        for close in self.on_close:
            await close()
        for engine in (self.engine, self._relaying, self._ticking, self._consuming):
            await engine.dispose()

    def _engine(self, pool_size: int, purpose: str = "") -> AsyncEngine:
        name = f"{self.service.name} {purpose}".strip()
        url = self.settings.database_url.get_secret_value()
        return make_engine(url, schema=self.service.name, name=name, pool_size=pool_size)
