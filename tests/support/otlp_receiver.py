"""A collector of spans: an OTLP/HTTP receiver on loopback that stores the spans it receives."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.runtime.server import listen
from tests.support.api_clients import eventually


@dataclass(frozen=True)
class ReceivedSpan:
    """A received span: ids in hex, `parent` empty for a root span, `kind` by name."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    failed: bool
    attributes: dict[str, str | int]


@dataclass
class Collector:
    """The endpoint of the collector, and the spans that it received."""

    endpoint: str = ""
    spans: list[ReceivedSpan] = field(default_factory=list)

    def spans_of(self, trace: str) -> list[ReceivedSpan]:
        """List the spans of a trace."""
        return [span for span in self.spans if span.trace == trace]

    async def receive_spans(self, request: Request) -> Response:
        """Store the spans that an exporter sends."""
        sent = ExportTraceServiceRequest.FromString(await request.body())
        self.spans += _parse_spans(sent)
        return Response(b"", media_type="application/x-protobuf")


@contextlib.asynccontextmanager
async def start_collector() -> AsyncIterator[Collector]:
    """Run a collector on a free port of loopback."""
    collector = Collector()
    app = Starlette(routes=[Route("/v1/traces", collector.receive_spans, methods=["POST"])])
    listening = listen("127.0.0.1:0")
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    serving = asyncio.create_task(server._serve([listening]))

    async def started() -> bool:
        return server.started

    await eventually(started)
    collector.endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield collector
    finally:
        server.should_exit = True
        await serving
        listening.close()


def _parse_spans(request: ExportTraceServiceRequest) -> Iterator[ReceivedSpan]:
    for resource in request.resource_spans:
        service = _values(resource.resource.attributes)["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield ReceivedSpan(
                    service=str(service),
                    name=span.name,
                    kind=Sent.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                    trace=span.trace_id.hex(),
                    id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    failed=span.status.code == 2,
                    attributes=_values(span.attributes),
                )


def _values(attributes: Any) -> dict[str, str | int]:
    return {
        one.key: one.value.int_value if one.value.HasField("int_value") else one.value.string_value
        for one in attributes
    }
