"""Spans of messages while they are handled, each below the span that recorded the message."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from opentelemetry.trace import Span, SpanKind, Tracer

from shared.bus.message import Message
from shared.observability.context import traceparent
from shared.observability.tracing import (
    CORRELATION,
    get_tracer,
    message_attributes,
    record_failure,
    start_span,
    traceparent_of,
)


@contextmanager
def consume_spans(service: str, messages: Sequence[Message[Any]]) -> Iterator[list[Message[Any]]]:
    """Give each message a span while the block handles it, as the message's traceparent.

    What the block records because of a message is below its span. Where spans aren't exported,
    the messages stay as they are.
    """
    tracer = get_tracer(service)
    if tracer is None:
        yield list(messages)
        return
    spans = [_start_process_span(tracer, message) for message in messages]
    traced = [
        replace(message, traceparent=traceparent_of(started))
        for message, started in zip(messages, spans, strict=True)
    ]
    with ExitStack() as stack:
        for started in spans:
            stack.callback(started.end)
        if len(traced) == 1:
            token = traceparent.set(traced[0].traceparent)
            stack.callback(traceparent.reset, token)
        try:
            yield traced
        except BaseException as error:
            for started in spans:
                record_failure(started, error)
            raise


def _start_process_span(tracer: Tracer, message: Message[Any]) -> Span:
    attributes = {
        **message_attributes(message.type),
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.message.id": message.id,
        CORRELATION: str(message.correlation),
    }
    name, parent = f"process {message.type}", message.traceparent
    return start_span(tracer, name, SpanKind.CONSUMER, attributes, parent)
