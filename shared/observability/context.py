"""The context of the work under way: correlation, causation and trace, in context variables."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

correlation_id: ContextVar[UUID | None] = ContextVar("correlation_id", default=None)
causation_id: ContextVar[str | None] = ContextVar("causation_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)


@contextmanager
def message_context(
    correlation: UUID | None, causation: str | None, trace: str | None = None
) -> Iterator[None]:
    """Give everything logged or recorded inside this correlation, cause and parent span."""
    tokens = (correlation_id.set(correlation), causation_id.set(causation), traceparent.set(trace))
    try:
        yield
    finally:
        correlation_id.reset(tokens[0])
        causation_id.reset(tokens[1])
        traceparent.reset(tokens[2])
