"""Spans (OpenTelemetry) of what each service does, where a collector is configured.

The context variable `traceparent` says which span is under way, whether spans are kept or not: it
goes into messages and requests, and it is the parent of whatever span begins. Spans name routes,
types and states, never what residents wrote, never ids of people.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from opentelemetry.trace import (
    INVALID_SPAN,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)

from shared.bus.message import (
    BatchHandler,
    HandleMessage,
    Handler,
    Handlers,
    Message,
    SingleHandler,
)
from shared.observability.logs import correlation_id, traceparent

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from sqlalchemy.ext.asyncio import AsyncSession

FLUSH_WITHIN = 3.0
PATH = "/v1/traces"  # OTLP/HTTP, "Endpoint URLs"
CORRELATION = "linli.correlation_id"
_tracers: dict[str, Tracer] = {}


class Tracing:
    """What exports a replica's spans: over OTLP/HTTP to `endpoint`, or nothing where it is empty.

    The SDK is imported only where it is needed. It reads the other standard variables (headers,
    sampling, limits) itself.
    """

    def __init__(self, service: str, endpoint: str) -> None:
        self._service = service
        self._provider = _provider(service, endpoint) if endpoint else None
        if self._provider is not None:
            self._tracer = self._provider.get_tracer("linli")
            _tracers[service] = self._tracer

    async def close(self) -> None:
        """Send what is left and end; a collector that doesn't answer is waited for 3 s at most."""
        if self._provider is None:
            return
        if _tracers.get(self._service) is self._tracer:
            del _tracers[self._service]
        # A daemon, so that no collector keeps the process from ending.
        ending = threading.Thread(target=self._provider.shutdown, daemon=True)
        ending.start()
        await asyncio.to_thread(ending.join, FLUSH_WITHIN)


@contextmanager
def span(
    service: str,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, str | int],
    parent: str | None = None,
) -> Iterator[Span]:
    """A span of `service` while the block runs, below `parent` or whatever is under way.

    Whatever begins inside, and whatever is recorded or asked inside, is below it. Where spans
    aren't kept, it is one that takes everything and does nothing.
    """
    tracer = _tracers.get(service)
    if tracer is None:
        yield INVALID_SPAN
        return
    begun = _begin(tracer, name, kind, attributes, parent or traceparent.get())
    token = traceparent.set(_written(begun))
    try:
        yield begun
    except BaseException as error:
        _fail(begun, error)
        raise
    finally:
        traceparent.reset(token)
        begun.end()


def set_http_status(begun: Span, status: int, *, wrong_from: int) -> None:
    """Note the status of an HTTP answer, and from which on it is an error to who keeps the span."""
    begun.set_attribute("http.response.status_code", status)
    if status >= wrong_from:
        begun.set_attribute("error.type", str(status))
        begun.set_status(Status(StatusCode.ERROR))


def start_publish_span(
    service: str, type_: str, attributes: Mapping[str, str], parent: str | None
) -> str | None:
    """The traceparent for a message that `service` records now: that of a span of its own.

    Its parent is `parent`, which is also the answer where spans aren't kept.
    """
    tracer = _tracers.get(service)
    if tracer is None:
        return parent
    said = {"messaging.operation.name": "create", "messaging.operation.type": "create"}
    about = {**_message(type_), **said, **attributes}
    begun = _begin(tracer, f"create {type_}", SpanKind.PRODUCER, about, parent)
    begun.end()
    return _written(begun)


def instrument_handler(service: str, handle: HandleMessage) -> HandleMessage:
    """The same for a handler of single messages that is none of `Handlers`: of partners'."""
    if service not in _tracers:
        return handle

    async def handle_one(tx: "AsyncSession", message: Message[Any]) -> None:
        with consume_spans(service, [message]) as [under_way]:
            await handle(tx, under_way)

    return handle_one


def instrument_handlers(service: str, handlers: Handlers) -> Handlers:
    """The handlers, each of whose messages gets a span below the one that recorded it.

    The very same ones where spans aren't kept.
    """
    if service not in _tracers:
        return handlers
    wrapped: dict[Handler, Handler] = {}
    for handler in handlers.values():
        if handler not in wrapped:
            wrapped[handler] = _with_spans(service, handler)
    return {contract: wrapped[handler] for contract, handler in handlers.items()}


@contextmanager
def consume_spans(service: str, messages: Sequence[Message[Any]]) -> Iterator[list[Message[Any]]]:
    """The messages while they are handled, each with a span of its own as its traceparent.

    So what is recorded because of one of them is below its handling.
    """
    tracer = _tracers.get(service)
    if tracer is None:
        yield list(messages)
        return
    spans = [_begin_handling(tracer, message) for message in messages]
    under_way = [
        replace(message, traceparent=_written(begun))
        for message, begun in zip(messages, spans, strict=True)
    ]
    with ExitStack() as stack:
        if len(under_way) == 1:
            token = traceparent.set(under_way[0].traceparent)
            stack.callback(traceparent.reset, token)
        try:
            yield under_way
        except BaseException as error:
            for begun in spans:
                _fail(begun, error)
            raise
        finally:
            for begun in spans:
                begun.end()


def parent_of(header: str | None) -> SpanContext | None:
    """The span that a traceparent names (W3C Trace Context, 3.2); None for none that may be."""
    parts = (header or "").split("-")
    if len(parts) != 4 or parts[0] != "00":
        return None
    try:
        trace, parent, flags = (int(part, 16) for part in parts[1:])
    except ValueError:
        return None
    found = SpanContext(trace, parent, is_remote=True, trace_flags=TraceFlags(flags & 1))
    return found if found.is_valid else None


def _with_spans(service: str, handler: Handler) -> Handler:
    if isinstance(handler, BatchHandler):
        many = handler.handle

        async def handle_many(tx: "AsyncSession", messages: list[Message[Any]]) -> None:
            with consume_spans(service, messages) as under_way:
                await many(tx, under_way)

        return replace(handler, handle=handle_many)
    if isinstance(handler, SingleHandler):
        return replace(handler, handle=instrument_handler(service, handler.handle))
    return instrument_handler(service, handler)


def _begin_handling(tracer: Tracer, message: Message[Any]) -> Span:
    about = {
        **_message(message.type),
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.message.id": message.id,
        CORRELATION: str(message.correlation),
    }
    name, parent = f"process {message.type}", message.traceparent
    return _begin(tracer, name, SpanKind.CONSUMER, about, parent)


def _begin(
    tracer: Tracer,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, str | int],
    parent: str | None,
) -> Span:
    above = parent_of(parent)
    context = set_span_in_context(NonRecordingSpan(above)) if above else None
    return tracer.start_span(name, context, kind, {**_correlation(), **attributes})


def _correlation() -> dict[str, str]:
    known: UUID | None = correlation_id.get()
    return {CORRELATION: str(known)} if known else {}


def _message(type_: str) -> dict[str, str]:
    return {"messaging.system": "linli", "messaging.destination.name": type_}


def _fail(begun: Span, error: BaseException) -> None:
    # Only what kind of error it is: its words may hold what somebody wrote.
    begun.set_attribute("error.type", type(error).__name__)
    begun.set_status(Status(StatusCode.ERROR))


def _written(begun: Span) -> str | None:
    context = begun.get_span_context()
    if not context.is_valid:
        return traceparent.get()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _provider(service: str, endpoint: str) -> "TracerProvider":
    # Imported here, so that a station without a collector doesn't pay for it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.namespace": "linli", "service.name": service})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + PATH)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
