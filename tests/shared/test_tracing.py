"""Spans of handlers: one for each message, below the span that recorded it, marked if it fails."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

import pytest
from opentelemetry.trace import SpanKind, get_current_span
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.inbox.handler_spans import instrument_handler, instrument_handlers
from shared.bus.message import BatchHandler, Handlers, Message, SingleHandler
from shared.contracts.envelope import AnyMessage, Contract
from shared.contracts.intake import WishFulfilled, WishPosted
from shared.observability.context import traceparent
from shared.observability.tracing import Tracing, parent_context, span
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
    return Message(
        id=str(uuid4()),
        type=WishPosted.type,
        subject="wishes/1",
        station=uuid4(),
        sequence=1,
        correlation=uuid4(),
        causation=None,
        time=clock.now(),
        source="/services/intake",
        content=cast(Contract, None),
        traceparent=f"00-{TRACE}-{parent}-01",
    )


async def wait_for_spans(collector: Collector, count: int) -> dict[str, ReceivedSpan]:
    """Wait for `count` spans, and return them by their parents."""

    async def all_received() -> bool:
        return len(collector.spans) == count

    await eventually(all_received)
    return {one.parent: one for one in collector.spans}


async def test_each_message_of_a_batch_has_a_span_that_is_its_traceparent(
    collector: Collector,
) -> None:
    traceparents: list[str | None] = []

    async def keep(_tx: AsyncSession, messages: list[Message[Any]]) -> None:
        traceparents.extend(one.traceparent for one in messages)

    bulk = BatchHandler(keep)
    handlers = instrument_handlers("here", {WishPosted: bulk, WishFulfilled: bulk})
    assert handlers[WishPosted] is handlers[WishFulfilled]
    handler = cast(BatchHandler, handlers[WishPosted])
    await handler.handle(
        NO_TRANSACTION, [make_message("0" * 15 + "1"), make_message("0" * 15 + "2")]
    )
    spans = await wait_for_spans(collector, 2)
    assert [one.kind for one in spans.values()] == ["CONSUMER"] * 2
    assert traceparents == [f"00-{TRACE}-{spans['0' * 15 + end].id}-01" for end in "12"]


async def test_failed_handler_runs_in_a_span_that_is_marked_as_failed(
    collector: Collector,
) -> None:
    traceparents: list[str | None] = []

    async def fail(_tx: AsyncSession, _: Message[Any]) -> None:
        traceparents.append(traceparent.get())
        raise ValueError("what somebody wrote")

    message = make_message("a" * 16)
    handlers: Handlers = {AnyMessage: [SingleHandler(fail, replayable=True)]}
    wrapped = cast(SingleHandler, instrument_handlers("here", handlers)[AnyMessage])
    assert wrapped.replayable
    for handle in (wrapped.handle, instrument_handler("here", fail)):
        with pytest.raises(ValueError, match="wrote"):
            await handle(NO_TRANSACTION, message)
    assert traceparent.get() is None
    await wait_for_spans(collector, 2)
    assert traceparents == [f"00-{TRACE}-{one.id}-01" for one in collector.spans]
    assert all(
        one.failed and one.attributes["error.type"] == "ValueError" for one in collector.spans
    )
    assert "wrote" not in str(collector.spans)


async def test_message_that_is_not_sampled_makes_no_span(collector: Collector) -> None:
    traceparents: list[str | None] = []

    async def keep(_tx: AsyncSession, one: Message[Any]) -> None:
        traceparents.append(one.traceparent)

    message = replace(make_message("b" * 16), traceparent=f"00-{TRACE}-{'b' * 16}-00")
    await instrument_handler("here", keep)(NO_TRANSACTION, message)
    [header] = traceparents
    assert header is not None
    assert header.startswith(f"00-{TRACE}-")
    assert header.endswith("-00")
    assert collector.spans == []


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


async def test_handlers_of_a_service_without_tracing_stay_as_they_are(collector: Collector) -> None:
    async def keep(_tx: AsyncSession, _: Message[Any]) -> None:
        return

    assert collector.endpoint
    handlers: Handlers = {WishPosted: [keep]}
    assert instrument_handlers("elsewhere", handlers) is handlers
    assert instrument_handler("elsewhere", keep) is keep


@pytest.mark.parametrize(
    "header",
    [None, "", "no", f"ff-{TRACE}-{'a' * 16}-01", f"00-{'0' * 32}-{'a' * 16}-01", "00-x-y-z"],
)
def test_invalid_traceparent_has_no_parent(header: str | None) -> None:
    assert not get_current_span(parent_context(header)).get_span_context().is_valid
