"""Spans (OpenTelemetry) of what each service does, where a collector is configured.

The context variable `traceparent` names the span under way, whether spans are exported or not: it
goes into messages and requests, and it is the parent of every span that starts. Spans name routes,
types and states, never what residents wrote, never ids of people.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.observability.context import correlation_id, traceparent

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

FLUSH_TIMEOUT_SECONDS = 3.0
OTLP_TRACES_PATH = "/v1/traces"  # OTLP/HTTP, "Endpoint URLs"
CORRELATION = "linli.correlation_id"
_HEADER = "traceparent"
_propagator = TraceContextTextMapPropagator()
_tracers: dict[str, Tracer] = {}


class Tracing:
    """The exporter of a replica's spans: over OTLP/HTTP to `endpoint`, none where it is empty.

    The SDK is imported only where it is needed. It reads the other standard variables (headers,
    sampling, limits) itself.
    """

    def __init__(self, service: str, endpoint: str) -> None:
        self._service = service
        self._provider = _make_provider(service, endpoint) if endpoint else None
        if self._provider is not None:
            self._tracer = self._provider.get_tracer("linli")
            _tracers[service] = self._tracer

    async def close(self) -> None:
        """Export the spans that are left and end; wait 3 s at most for a silent collector."""
        if self._provider is None:
            return
        if _tracers.get(self._service) is self._tracer:
            del _tracers[self._service]
        # A daemon, so that no collector keeps the process from ending.
        shutdown = threading.Thread(target=self._provider.shutdown, daemon=True)
        shutdown.start()
        await asyncio.to_thread(shutdown.join, FLUSH_TIMEOUT_SECONDS)


def get_tracer(service: str) -> Tracer | None:
    """Return the tracer of a service whose spans are exported, None for another."""
    return _tracers.get(service)


@contextmanager
def span(
    service: str,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, str | int],
    parent: str | None = None,
) -> Iterator[Span]:
    """Run the block in a span of `service`, below `parent` or the span under way.

    What the block records or asks of others is below the span. Where spans aren't exported, the
    span is one that takes everything and does nothing.
    """
    tracer = get_tracer(service)
    if tracer is None:
        yield INVALID_SPAN
        return
    started = start_span(tracer, name, kind, attributes, parent or traceparent.get())
    token = traceparent.set(traceparent_of(started))
    try:
        yield started
    except BaseException as error:
        record_failure(started, error)
        raise
    finally:
        traceparent.reset(token)
        started.end()


def set_http_status(request_span: Span, status: int, *, error_from: int) -> None:
    """Set the status of an HTTP response, which is an error of the span from `error_from` on."""
    request_span.set_attribute("http.response.status_code", status)
    if status >= error_from:
        request_span.set_attribute("error.type", str(status))
        request_span.set_status(Status(StatusCode.ERROR))


def start_publish_span(
    service: str, type_: str, attributes: Mapping[str, str], parent: str | None
) -> str | None:
    """Return the traceparent for a message that `service` records now: that of its own span.

    The span is below `parent`, which is also the result where spans aren't exported.
    """
    tracer = get_tracer(service)
    if tracer is None:
        return parent
    operation = {"messaging.operation.name": "create", "messaging.operation.type": "create"}
    about = {**message_attributes(type_), **operation, **attributes}
    create = start_span(tracer, f"create {type_}", SpanKind.PRODUCER, about, parent)
    create.end()
    return traceparent_of(create)


def message_attributes(type_: str) -> dict[str, str]:
    """Return the attributes that every span of a message of that type has."""
    return {"messaging.system": "linli", "messaging.destination.name": type_}


def start_span(
    tracer: Tracer,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, str | int],
    parent: str | None,
) -> Span:
    """Start a span below the one that the traceparent `parent` names; the caller ends it."""
    return tracer.start_span(
        name, parent_context(parent), kind, {**_correlation_attribute(), **attributes}
    )


def parent_context(header: str | None) -> Context:
    """Read a traceparent (W3C Trace Context, 3.2); an empty context where it names no span."""
    return _propagator.extract({_HEADER: header or ""}, context=Context())


def traceparent_of(started: Span) -> str | None:
    """Return the traceparent that names the span, the one under way where it is not exported."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, set_span_in_context(started, Context()))
    return carrier.get(_HEADER) or traceparent.get()


def record_failure(started: Span, error: BaseException) -> None:
    """Mark the span as failed, with the class of the error only: its text may be a resident's."""
    started.set_attribute("error.type", type(error).__name__)
    started.set_status(Status(StatusCode.ERROR))


def _correlation_attribute() -> dict[str, str]:
    correlation: UUID | None = correlation_id.get()
    return {CORRELATION: str(correlation)} if correlation else {}


def _make_provider(service: str, endpoint: str) -> "TracerProvider":
    # Imported here, so that a station without a collector doesn't pay for it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.namespace": "linli", "service.name": service})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + OTLP_TRACES_PATH)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
