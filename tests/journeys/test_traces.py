"""Spans: one request is one trace over all services, and no collector means no spans."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest
from opentelemetry.trace import get_current_span
from sqlalchemy import text

from services.intake.stations.queries import get_by_code
from shared.observability.tracing import FLUSH_TIMEOUT_SECONDS, Tracing, parent_context
from tests.support.api_clients import (
    ApiClient,
    create_fulfilled_wish,
    create_resident,
    create_volunteer,
    eventually,
)
from tests.support.failing_rule import UNPAYABLE_MINUTES, add_failing_rule
from tests.support.otlp_receiver import Collector, ReceivedSpan, start_collector
from tests.support.system import RunningSystem

# The span of the client, which never reaches our collector.
CLIENT_SPAN_ID = "00f067aa0ba902b7"


@pytest.fixture(scope="module")
async def collector() -> AsyncIterator[Collector]:
    """A collector in the standard environment variable, to which spans are exported at once."""
    async with start_collector() as listening:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", listening.endpoint)
            patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
            yield listening


@pytest.fixture(scope="module")
async def running_system(collector: Collector, running_system: RunningSystem) -> RunningSystem:
    """The three services, running, with a collector that started before them."""
    assert collector.endpoint
    return running_system


async def create_delivered_wish(desk: ApiClient, wisher: ApiClient, taker: ApiClient) -> str:
    """Create a wish that waits for its confirmation, and return its path."""
    wish = (await wisher.post_ok("/wishes", {"title": "想换一个灯泡", "details": "厨房"}))["id"]
    await desk.post_ok(f"/wishes/{wish}/approve")
    await taker.post_ok(f"/wishes/{wish}/claim")
    await taker.post_ok(f"/wishes/{wish}/deliver", {"note": "换好了", "minutes": 30})
    return f"/wishes/{wish}"


async def wait_for_span_chain(collector: Collector, last: str, trace: str) -> list[ReceivedSpan]:
    """Wait for the span `last`, and return the spans from the root of `trace` to it."""

    async def find_chain() -> list[ReceivedSpan]:
        by_id = {one.id: one for one in collector.spans_of(trace)}
        chain = [one for one in by_id.values() if f"{one.service}: {one.name}" == last]
        while chain and chain[-1].parent in by_id:
            chain.append(by_id[chain[-1].parent])
        return chain if chain and chain[-1].parent in ("", CLIENT_SPAN_ID) else []

    spans: list[ReceivedSpan] = await eventually(find_chain)
    return spans[::-1]


async def test_request_is_one_trace_from_http_through_messages_to_points(
    collector: Collector, desk: ApiClient
) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    wish = await create_delivered_wish(desk, wisher, taker)
    trace = os.urandom(16).hex()
    headers = {"traceparent": f"00-{trace}-{CLIENT_SPAN_ID}-01"}
    await wisher.post_ok(f"{wish}/confirm", {"thanks": "谢谢"}, headers=headers)

    spans = await wait_for_span_chain(collector, "notify: process linli.points.awarded.v1", trace)
    assert [(one.service, one.kind, one.name) for one in spans] == [
        ("intake", "SERVER", "POST /api/v1/wishes/{wish_id}/confirm"),
        ("intake", "PRODUCER", "create linli.wish.fulfilled.v1"),
        ("volunteers", "CONSUMER", "process linli.wish.fulfilled.v1"),
        ("volunteers", "PRODUCER", "create linli.points.awarded.v1"),
        ("notify", "CONSUMER", "process linli.points.awarded.v1"),
    ]
    assert spans[0].parent == CLIENT_SPAN_ID
    assert spans[0].attributes["http.response.status_code"] == 200
    assert len({one.attributes["linli.correlation_id"] for one in spans}) == 1
    assert not any(one.failed for one in spans)


async def test_span_of_a_text_message_is_below_the_handling_that_led_to_it(
    collector: Collector, desk: ApiClient
) -> None:
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    wish = (await wisher.post_ok("/wishes", {"title": "想修门", "details": ""}))["id"]
    await desk.post_ok(f"/wishes/{wish}/approve")
    await taker.post_ok(f"/wishes/{wish}/claim")
    trace = os.urandom(16).hex()
    headers = {"traceparent": f"00-{trace}-{CLIENT_SPAN_ID}-01"}
    await taker.post_ok(f"/wishes/{wish}/deliver", {"note": "好了", "minutes": 5}, headers=headers)

    spans = await wait_for_span_chain(collector, "notify: send sms", trace)
    assert [one.name for one in spans] == [
        "POST /api/v1/wishes/{wish_id}/deliver",
        "create linli.wish.delivered.v1",
        "process linli.wish.delivered.v1",
        "send sms",
    ]
    assert spans[-1].attributes["linli.delivery.outcome"] == "sent"


async def test_forwarded_request_is_in_the_same_trace(
    collector: Collector, desk: ApiClient
) -> None:
    somebody = await create_resident(desk)
    trace = os.urandom(16).hex()
    headers = {"traceparent": f"00-{trace}-{CLIENT_SPAN_ID}-01"}
    await somebody.get_ok("/points/me?resident=" + somebody.id, headers=headers)
    spans = await wait_for_span_chain(collector, "volunteers: GET /api/v1/points/me", trace)
    assert [(one.service, one.kind, one.name) for one in spans] == [
        ("intake", "SERVER", "GET /api/v1/points/{rest:path}"),
        ("intake", "CLIENT", "GET volunteers"),
        ("volunteers", "SERVER", "GET /api/v1/points/me"),
    ]


async def test_request_without_a_traceparent_starts_the_trace_of_its_messages(
    collector: Collector, running_system: RunningSystem, desk: ApiClient
) -> None:
    answer = await desk.call("POST", "/residents", json={"name": "演示居民"})
    correlation = answer.headers["X-Correlation-Id"]
    query = text(
        "SELECT convert_from(body, 'UTF8')::jsonb ->> 'traceparent' FROM"
        " (SELECT body, correlation FROM sent UNION ALL SELECT body, correlation FROM outbox) m"
        " WHERE correlation = CAST(:correlation AS uuid)"
    )
    async with running_system.intake.sessions() as tx:
        header = await tx.scalar(query, {"correlation": correlation})
    parent = get_current_span(parent_context(header)).get_span_context()
    assert parent.is_valid
    spans = await wait_for_span_chain(
        collector, "intake: create linli.resident.registered.v1", f"{parent.trace_id:032x}"
    )
    assert [one.kind for one in spans] == ["SERVER", "PRODUCER"]
    assert (spans[0].parent, spans[1].id) == ("", f"{parent.span_id:016x}")


async def test_spans_hold_no_texts_names_or_ids(collector: Collector, desk: ApiClient) -> None:
    wisher, taker = await create_resident(desk, name="演示·保密"), await create_volunteer(desk)
    wish = await create_delivered_wish(desk, wisher, taker)
    refused = await wisher.call("GET", f"/residents/{wisher.id}?resident={taker.id}")
    assert not refused.is_success
    await desk.get_ok(f"/residents/{wisher.id}")
    await desk.get_ok("/points/me", params={"resident": wisher.id})

    async def all_received() -> bool:
        return any("/residents/{" in one.name for one in collector.spans) and any(
            one.name == "process linli.wish.delivered.v1" for one in collector.spans
        )

    await eventually(all_received)
    exported = str(collector.spans)
    for secret in (wisher.id, taker.id, wish.rpartition("/")[2], "灯泡", "换好了", "保密"):
        assert secret not in exported


async def test_failed_handling_is_marked_without_the_error_message(
    collector: Collector, running_system: RunningSystem, desk: ApiClient
) -> None:
    async with running_system.intake.sessions() as tx:
        station = (await get_by_code(tx, desk.station)).id
    await add_failing_rule(running_system.volunteers, station)
    wisher, taker = await create_resident(desk), await create_volunteer(desk)
    await create_fulfilled_wish(desk, wisher, taker, minutes=UNPAYABLE_MINUTES)

    async def list_failed_spans() -> list[ReceivedSpan]:
        return [one for one in collector.spans if one.failed and one.kind == "CONSUMER"]

    failed = (await eventually(list_failed_spans))[0]
    assert (failed.service, failed.name) == ("volunteers", "process linli.wish.fulfilled.v1")
    assert failed.attributes["error.type"] == "DBAPIError"
    assert "int64" not in str(failed)


async def test_unreachable_collector_does_not_delay_the_end() -> None:
    tracing = Tracing("nobody", "http://127.0.0.1:9")
    started_at = time.monotonic()
    await tracing.close()
    assert time.monotonic() - started_at < FLUSH_TIMEOUT_SECONDS + 1


def test_sdk_is_not_imported_without_a_collector() -> None:
    program = (
        "import sys\n"
        "from services.cli.main import app\n"
        "from shared.observability.tracing import Tracing\n"
        "Tracing('intake', '')\n"
        "assert app\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )
    assert result.stdout.strip() == "[]"
