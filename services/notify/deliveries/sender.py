"""The sender: a replica's background task that sends due deliveries."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from jinja2 import TemplateError
from opentelemetry.trace import SpanKind, Status, StatusCode
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.notify.channels.base import Channel, Failed, Outcome
from services.notify.deliveries.leases import MAX_ATTEMPTS, lease, record_outcome
from services.notify.deliveries.models import Delivery
from services.notify.deliveries.rendering import render_for_channel
from services.notify.settings import NotifySettings
from shared import clock
from shared.background_loop import BackgroundLoop, LoopTask
from shared.backoff import Backoff
from shared.db import database_now
from shared.db_errors import redacted_message
from shared.observability.logs import logger
from shared.observability.tracing import CORRELATION, span

BATCH_SIZE = 20
POLL_INTERVAL_SECONDS = 1.0
MAX_BACKOFF_SECONDS = 30.0
SEND_TIMEOUT_SECONDS = 10.0

OUTCOMES = Counter("linli_deliveries", "Attempts at deliveries", ["service", "channel", "outcome"])
EXPIRED = Failed("expired before it could be sent", permanent=True)

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A leased delivery and the outcome of the attempt to send it."""

    delivery: Delivery
    outcome: Outcome
    via: str


class Sender(LoopTask):
    """The background task that leases due deliveries, sends them, and records the outcomes.

    Sending happens outside of transactions. The sender looks for due deliveries after each commit
    of its replica that queued one, and every second.
    """

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        settings: NotifySettings,
        channels: Mapping[str, Channel],
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._sealer = settings.sealer()
        self._channels = channels
        self._loop = BackgroundLoop(
            "sender of deliveries",
            self._send_all_due,
            backoff=Backoff(POLL_INTERVAL_SECONDS, MAX_BACKOFF_SECONDS),
            transient=(SQLAlchemyError, OSError),
            interval_seconds=POLL_INTERVAL_SECONDS,
        )
        self.wake = self._loop.wake
        super().__init__(self._loop)

    async def send_due(self) -> list[Attempt]:
        """Run one round: lease, commit, send, record. Return the attempts."""
        async with self._sessions() as tx, tx.begin():
            leased = await lease(tx, BATCH_SIZE)
            if not leased:
                return []
            moment = (await tx.execute(select(database_now()))).scalar_one()
        # What has expired is decided by the database's clock, not by this replica's.
        with clock.aligned(moment):
            attempts = list(await asyncio.gather(*(self._attempt(delivery) for delivery in leased)))
        async with self._sessions() as tx, tx.begin():
            for attempt in sorted(attempts, key=lambda a: a.delivery.id):
                await record_outcome(tx, attempt.delivery, attempt.outcome, attempt.via)
        return attempts

    async def _send_all_due(self) -> None:
        while not self._loop.stopping.is_set() and len(await self.send_due()) == BATCH_SIZE:
            continue

    async def _attempt(self, delivery: Delivery) -> Attempt:
        channel = self._channels[delivery.channel]
        name, attributes = f"send {delivery.channel}", _span_attributes(delivery)
        with span("notify", name, SpanKind.CLIENT, attributes, delivery.traceparent) as sending:
            outcome = await self._send(channel, delivery)
            outcome_name = type(outcome).__name__.lower()
            sending.set_attribute("linli.delivery.outcome", outcome_name)
            if isinstance(outcome, Failed):
                sending.set_status(Status(StatusCode.ERROR))
        OUTCOMES.labels("notify", delivery.channel, outcome_name).inc()
        if isinstance(outcome, Failed):
            # An expired delivery is nobody's fault.
            write = log.info if outcome is EXPIRED else log.warning
            write("delivery failed", delivery=str(delivery.id), reason=outcome.reason)
        return Attempt(delivery, outcome, channel.name)

    async def _send(self, channel: Channel, delivery: Delivery) -> Outcome:
        if delivery.expires_at is not None and delivery.expires_at <= clock.now():
            return EXPIRED
        if delivery.attempts > MAX_ATTEMPTS:
            return Failed("tried too often, without an answer", permanent=True)
        try:
            rendering = render_for_channel(delivery, self._sealer, self._settings)
        except (InvalidToken, LookupError, TypeError, ValueError, TemplateError) as error:
            # A replica with a newer key or of another version may be able to render the delivery.
            return Failed(f"can't be rendered here: {type(error).__name__}")
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                return await channel.send(rendering)
        except TimeoutError:
            return Failed(f"no answer within {SEND_TIMEOUT_SECONDS:.0f} s")
        except Exception as error:  # noqa: BLE001 - an adapter may fail in any way; the others go on
            return Failed(redacted_message(error))


def _span_attributes(delivery: Delivery) -> dict[str, str | int]:
    return {
        "linli.channel": delivery.channel,
        "linli.delivery.id": str(delivery.id),
        "linli.delivery.attempt": delivery.attempts,
        "linli.template": delivery.template,
        CORRELATION: str(delivery.correlation),
    }
