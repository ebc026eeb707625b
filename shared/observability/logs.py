"""What is seen of a running service: JSON logs with the correlation id, and metrics."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from structlog.typing import EventDict, Processor, WrappedLogger

correlation_id: ContextVar[UUID | None] = ContextVar("correlation_id", default=None)
causation_id: ContextVar[str | None] = ContextVar("causation_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)

OUTBOX_OLDEST = Gauge(
    "linli_outbox_oldest_seconds", "Age of the oldest message not yet relayed", ["service"]
)
OUTBOX_DEPTH = Gauge("linli_outbox_depth", "Messages not yet relayed", ["service", "lane"])
PUBLISHED = Counter("linli_messages_published", "Messages confirmed", ["service"])
REFUSED = Counter("linli_messages_refused", "Publishes returned or refused", ["service"])
UNKNOWN = Counter("linli_messages_unknown", "Publishes without an answer", ["service"])
HANDLED = Counter("linli_messages_handled", "Messages handled", ["service", "type"])
REPEATED = Counter("linli_messages_repeated", "Deliveries of known messages", ["service"])
RETRIED = Counter("linli_messages_retried", "Failures kept to be retried", ["service", "type"])
PARKED = Counter("linli_messages_parked", "Messages parked", ["service", "type"])
INBOX_WAITING = Gauge("linli_inbox_waiting", "Messages kept in the inbox", ["service", "state"])
RELAY_ALIVE = Gauge("linli_relay_alive", "Whether the relay runs", ["service"])
CONSUMER_ALIVE = Gauge("linli_consumer_alive", "Whether the consumer is subscribed", ["service"])
JOBS_RUN = Counter("linli_jobs_run", "Runs of timed jobs", ["service", "job", "outcome"])


@contextmanager
def message_context(
    correlation: UUID | None, causation: str | None, trace: str | None = None
) -> Iterator[None]:
    """Whatever is logged or recorded inside belongs to this correlation and has this cause."""
    tokens = (correlation_id.set(correlation), causation_id.set(causation), traceparent.set(trace))
    try:
        yield
    finally:
        correlation_id.reset(tokens[0])
        causation_id.reset(tokens[1])
        traceparent.reset(tokens[2])


def configure_logging(level: str = "INFO", form: str = "json") -> None:
    """Send every log, the libraries' too, to stderr: `json`, or `console` for people."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_correlation,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(form),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A structured logger."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def _with_correlation(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    correlation = correlation_id.get()
    if correlation is not None:
        event.setdefault("correlation", str(correlation))
    return event


def _renderer(form: str) -> Processor:
    if form == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer(ensure_ascii=False)
