"""One replica of a service: what it holds while it runs, and the order of its start and stop."""

from shared.bus.consumer import Consumer
from shared.bus.relay import Relay
from shared.bus.transport import Transport
from shared.bus.upkeep import BUS_JOBS
from shared.db import make_engine, make_sessions
from shared.service import Service
from shared.settings import ServiceSettings
from shared.ticker import Ticker


class Runtime:
    """One replica of one service: its connections, its background and its application.

    Per replica: a pool of `settings.pool_size` connections, two for the relay, one for the ticker.
    """

    def __init__(self, service: Service, settings: ServiceSettings, transport: Transport) -> None:
        url = settings.database_url.get_secret_value()
        self.service = service
        self.settings = settings
        self.transport = transport
        self.stopping = False
        self.sealer = settings.sealer()
        self.engine = make_engine(url, schema=service.name, pool_size=settings.pool_size)
        self.sessions = make_sessions(self.engine, self.sealer)
        self._ticking = make_engine(
            url, schema=service.name, name=f"{service.name} ticker", pool_size=1
        )
        self.relay = Relay(service.name, url, transport)
        self.relay.wake_after_commits_of(self.sessions)
        self.consumer = Consumer(service.name, self.sessions, service.handlers, transport)
        self.ticker = Ticker(
            service.name,
            make_sessions(self._ticking, self.sealer),
            (*BUS_JOBS, *service.jobs),
        )
        self.parts = service.parts(self)
        self.app = service.build_app(self)

    async def start(self) -> None:
        """Begin to consume, relay, tick and send; returns once everything runs."""
        for part in (self.consumer, self.relay, self.ticker, *self.parts):
            await part.start()

    async def stop_relay(self) -> None:
        """Take no new turn: what is in the outbox stays there. May be called twice."""
        self.stopping = True
        await self.relay.stop()

    async def stop_rest(self) -> None:
        """Finish the batch, the job and the sending under way; may be called twice."""
        for part in (self.consumer, self.ticker, *self.parts):
            await part.stop()

    async def close(self) -> None:
        """Let all connections go, once nothing uses them any more."""
        await self.engine.dispose()
        await self._ticking.dispose()
