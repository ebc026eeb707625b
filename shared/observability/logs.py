"""Structured logs: JSON with the correlation id of the work under way."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.observability.context import correlation_id


def configure_logging(level: str = "INFO", form: str = "json") -> None:
    """Send every log, the libraries' too, to stderr in `form`: `json`, or `console` for people."""
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
    """Return the structured logger of that name."""
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
