"""A timeline has causes before effects, requests, messages of jobs, and missing messages."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from services.intake.gateway.timeline import ServiceReport, Step, build_timeline
from shared.bus.message_keys import message_key
from shared.ids import new_id
from shared.messages_admin.effects import Effect
from shared.messages_admin.trail import MAX_ITEMS, HandledMessage, SentMessage, ServiceTrail

START_TIME = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CORRELATION_ID = uuid4()


def time_after(ms: int) -> datetime:
    return START_TIME + timedelta(milliseconds=ms)


def make_sent_message(id_: str, ms: int, causation: str | None = None) -> SentMessage:
    return SentMessage(
        id=id_,
        type=f"linli.{id_}.v1",
        subject="wishes/1",
        sequence=1,
        causation=causation,
        recorded_at=time_after(ms),
        sent_at=time_after(ms + 2),
        key=message_key("/services/intake", id_),
        old_key=None,
    )


def make_handled_message(
    id_: str, ms: int, state: str = "done", *, with_envelope: bool = False
) -> HandledMessage:
    return HandledMessage(
        key=message_key("/services/intake", id_),
        type=f"linli.{id_}.v1",
        state=state,
        attempts=0,
        error=None,
        received_at=time_after(ms),
        handled_at=time_after(ms) if state == "done" else None,
        due_at=None,
        id=id_ if with_envelope else None,
        source="/services/volunteers" if with_envelope else None,
        subject="wishes/1" if with_envelope else None,
        sequence=1 if with_envelope else None,
        causation=None,
        recorded_at=time_after(ms - 5) if with_envelope else None,
    )


def make_points_effect(ms: int, causation: str) -> Effect:
    return Effect(
        kind="points",
        id=uuid4(),
        what="rule",
        state="award",
        causation=causation,
        subject="wishes/1",
        at=time_after(ms),
    )


def make_service_report(
    *messages: SentMessage, handled_messages: list[HandledMessage] | None = None, cut: bool = False
) -> ServiceReport:
    return ServiceReport(
        ServiceTrail(messages=list(messages), effects=[], cut=cut), handled_messages or []
    )


def step_kinds(steps: list[Step]) -> list[str]:
    return [f"{one.service} {one.kind}" for one in steps]


def test_an_effect_follows_its_cause_even_by_a_clock_that_is_behind() -> None:
    volunteers = ServiceReport(
        ServiceTrail(
            messages=[make_sent_message("paid", -900, "done")],
            effects=[make_points_effect(-950, "done")],
            cut=False,
        ),
        [make_handled_message("done", -1000)],
    )
    steps = build_timeline(
        CORRELATION_ID,
        {"intake": make_service_report(make_sent_message("done", 0)), "volunteers": volunteers},
        [],
    ).steps
    assert step_kinds(steps)[:3] == ["intake request", "intake message", "volunteers handling"]
    assert set(step_kinds(steps)[3:]) == {"volunteers message", "volunteers points"}
    by_id = {one.id: one for one in steps}
    assert {by_id[one.cause or ""].kind for one in steps[3:]} == {"handling"}
    assert all(one.after_ms >= 0 for one in steps)


def test_a_request_starts_at_the_time_in_its_id() -> None:
    minted = new_id()
    at = datetime.fromtimestamp((minted.int >> 80) / 1000, UTC)
    first = make_sent_message("done", 0).model_copy(
        update={"recorded_at": at + timedelta(milliseconds=7)}
    )
    steps = build_timeline(minted, {"intake": make_service_report(first)}, []).steps
    assert [(one.kind, one.after_ms) for one in steps] == [("request", 0), ("message", 7)]


def test_a_request_with_a_client_s_id_starts_with_its_first_message() -> None:
    [request, message] = build_timeline(
        CORRELATION_ID, {"intake": make_service_report(make_sent_message("done", 0))}, []
    ).steps
    assert (request.kind, request.at, request.cause) == ("request", message.at, None)
    assert message.cause == str(CORRELATION_ID)


def test_a_message_of_a_job_has_no_request() -> None:
    id_ = str(new_id())
    [message] = build_timeline(
        UUID(id_), {"intake": make_service_report(make_sent_message(id_, 0))}, []
    ).steps
    assert (message.kind, message.cause) == ("message", None)


def test_a_message_of_an_unavailable_service_is_read_from_the_inbox() -> None:
    handled = make_handled_message("paid", 20, "parked", with_envelope=True)
    notify = make_service_report(handled_messages=[handled])
    timeline = build_timeline(
        CORRELATION_ID,
        {"intake": make_service_report(make_sent_message("done", 0)), "notify": notify},
        {"volunteers"},
    )
    assert step_kinds(timeline.steps) == [
        "intake request",
        "intake message",
        "volunteers message",
        "notify handling",
    ]
    assert timeline.steps[-1].cause == "paid"
    assert timeline.unavailable == ["volunteers"]


def test_a_message_lasts_until_it_is_sent_and_a_handling_since_recording() -> None:
    notify = make_service_report(handled_messages=[make_handled_message("done", 30)])
    steps = build_timeline(
        CORRELATION_ID,
        {"intake": make_service_report(make_sent_message("done", 0)), "notify": notify},
        [],
    ).steps
    assert [(one.kind, one.took_ms) for one in steps[1:]] == [("message", 2), ("handling", 30)]


def test_circular_causes_are_all_listed() -> None:
    steps = build_timeline(
        CORRELATION_ID,
        {
            "intake": make_service_report(
                make_sent_message("a", 0, "b"), make_sent_message("b", 1, "a")
            )
        },
        [],
    ).steps
    assert {one.id for one in steps} == {"a", "b"}


def test_messages_beyond_the_maximum_are_cut_and_reported() -> None:
    many = [make_sent_message(f"m{number}", number) for number in range(MAX_ITEMS)]
    assert not build_timeline(CORRELATION_ID, {"intake": make_service_report(*many)}, []).cut
    timeline = build_timeline(
        CORRELATION_ID,
        {
            "intake": make_service_report(*many),
            "notify": make_service_report(make_sent_message("late", 10_000)),
        },
        [],
    )
    assert timeline.cut
    assert "late" not in {one.id for one in timeline.steps}
    assert build_timeline(
        CORRELATION_ID, {"intake": make_service_report(make_sent_message("a", 0), cut=True)}, []
    ).cut
