"""Spans of handlers: one for each message, below the span that recorded it, marked if it fails."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import pytest
from opentelemetry.trace import SpanKind, get_current_span
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus.inbox.handler_spans import consume_spans
from shared.bus.message import Message
from shared.contracts.intake import WishPosted
from shared.ids import new_id
from shared.observability.context import traceparent
from shared.observability.tracing import Tracing, parent_context, span
from tests.support import messages
from tests.support.api_clients import eventually
from tests.support.otlp_receiver import Collector, ReceivedSpan, start_collector

NO_TRANSACTION = cast(AsyncSession, None)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Collector]:
    """A collector of the spans of a service `here`, and its tracing."""
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    async with start_collector() as listening:
        tracing = Tracing("here", listening.endpoint)
        yield listening
        await tracing.close()


def make_message(parent: str) -> Message[Any]:
    """Return a message that the span `parent` recorded."""
    traceparent = f"00-{TRACE}-{parent}-01"
    return messages.make_message(new_id(), WishPosted.make_example(), traceparent=traceparent)


async def wait_for_spans(collector: Collector, count: int) -> dict[str, ReceivedSpan]:
    """Wait for `count` spans, and return them by their parents."""

    async def all_received() -> bool:
        return len(collector.spans) == count

    await eventually(all_received)
    return {one.parent: one for one in collector.spans}


async def test_each_message_of_a_batch_has_a_span_that_is_its_traceparent(
    collector: Collector,
) -> None:
    batch = [make_message("0" * 15 + "1"), make_message("0" * 15 + "2")]
    with consume_spans("here", batch) as traced:
        traceparents = [one.traceparent for one in traced]
    spans = await wait_for_spans(collector, 2)
    assert [one.kind for one in spans.values()] == ["CONSUMER"] * 2
    assert traceparents == [f"00-{TRACE}-{spans['0' * 15 + end].id}-01" for end in "12"]


async def test_failed_handling_marks_the_span_without_the_text_of_the_error(
    collector: Collector,
) -> None:
    def handle_and_fail() -> None:
        with consume_spans("here", [make_message("a" * 16)]) as [traced]:
            assert traceparent.get() == traced.traceparent
            raise ValueError("what somebody wrote")

    with pytest.raises(ValueError, match="wrote"):
        handle_and_fail()
    assert traceparent.get() is None
    [received] = (await wait_for_spans(collector, 1)).values()
    assert received.failed
    assert received.attributes["error.type"] == "ValueError"
    assert "wrote" not in str(collector.spans)


async def test_message_that_is_not_sampled_makes_no_span(collector: Collector) -> None:
    message = replace(make_message("b" * 16), traceparent=f"00-{TRACE}-{'b' * 16}-00")
    with consume_spans("here", [message]) as [traced]:
        header = traced.traceparent
    assert header is not None
    assert header.startswith(f"00-{TRACE}-")
    assert header.endswith("-00")
    # A later span arrives after every earlier one.
    with consume_spans("here", [make_message("d" * 16)]):
        pass
    assert list(await wait_for_spans(collector, 1)) == ["d" * 16]


async def test_remaining_spans_are_sent_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
    async with start_collector() as listening:
        tracing = Tracing("leaving", listening.endpoint)
        with span("leaving", "last", SpanKind.INTERNAL, {}):
            assert traceparent.get()
        assert listening.spans == []
        await tracing.close()
        assert [(one.service, one.name) for one in listening.spans] == [("leaving", "last")]
        with span("leaving", "too late", SpanKind.INTERNAL, {}) as late:
            assert not late.is_recording()


def test_messages_of_a_service_without_tracing_stay_as_they_are(collector: Collector) -> None:
    assert collector.endpoint
    message = make_message("c" * 16)
    with consume_spans("elsewhere", [message]) as [same]:
        assert same is message


@pytest.mark.parametrize(
    "header",
    [None, "", "no", f"ff-{TRACE}-{'a' * 16}-01", f"00-{'0' * 32}-{'a' * 16}-01", "00-x-y-z"],
)
def test_invalid_traceparent_has_no_parent(header: str | None) -> None:
    assert not get_current_span(parent_context(header)).get_span_context().is_valid
