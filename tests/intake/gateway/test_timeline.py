"""Putting a story together: causes before effects, requests and timed jobs, what is missing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from services.intake.gateway.timeline import Account, Step, told
from shared.bus.inbox.store import key_of
from shared.ids import new_id
from shared.messages_admin.trail import MOST, Effect, Handled, Part, Said

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CASE = uuid4()


def after(ms: int) -> datetime:
    return AT + timedelta(milliseconds=ms)


def said(id_: str, ms: int, causation: str | None = None) -> Said:
    return Said(
        id=id_,
        type=f"linli.{id_}.v1",
        subject="wishes/1",
        sequence=1,
        causation=causation,
        recorded_at=after(ms),
        sent_at=after(ms + 2),
        key=key_of("intake", "/services/intake", id_),
    )


def handled(id_: str, ms: int, state: str = "done", *, told_whole: bool = False) -> Handled:
    return Handled(
        key=key_of("intake", "/services/intake", id_),
        type=f"linli.{id_}.v1",
        state=state,
        attempts=0,
        error=None,
        received_at=after(ms),
        handled_at=after(ms) if state == "done" else None,
        due_at=None,
        id=id_ if told_whole else None,
        source="/services/volunteers" if told_whole else None,
        subject="wishes/1" if told_whole else None,
        sequence=1 if told_whole else None,
        causation=None,
        recorded_at=after(ms - 5) if told_whole else None,
    )


def points(ms: int, causation: str) -> Effect:
    return Effect(
        kind="points",
        id=uuid4(),
        what="rule",
        state="award",
        causation=causation,
        subject="wishes/1",
        at=after(ms),
    )


def account(*messages: Said, came: list[Handled] | None = None, cut: bool = False) -> Account:
    return Account(Part(messages=list(messages), effects=[], cut=cut), came or [])


def kinds(steps: list[Step]) -> list[str]:
    return [f"{one.service} {one.kind}" for one in steps]


def test_an_effect_follows_its_cause_even_by_a_clock_that_is_behind() -> None:
    volunteers = Account(
        Part(messages=[said("paid", -900, "done")], effects=[points(-950, "done")], cut=False),
        [handled("done", -1000)],
    )
    steps = told(CASE, {"intake": account(said("done", 0)), "volunteers": volunteers}, []).steps
    assert kinds(steps)[:3] == ["intake request", "intake message", "volunteers handling"]
    assert set(kinds(steps)[3:]) == {"volunteers message", "volunteers points"}
    by_id = {one.id: one for one in steps}
    assert {by_id[one.cause or ""].kind for one in steps[3:]} == {"handling"}
    assert all(one.after_ms >= 0 for one in steps)


def test_a_request_began_when_its_id_was_made() -> None:
    minted = new_id()
    at = datetime.fromtimestamp((minted.int >> 80) / 1000, UTC)
    first = said("done", 0).model_copy(update={"recorded_at": at + timedelta(milliseconds=7)})
    steps = told(minted, {"intake": account(first)}, []).steps
    assert [(one.kind, one.after_ms) for one in steps] == [("request", 0), ("message", 7)]


def test_an_id_that_the_client_made_says_nothing_of_when() -> None:
    [request, message] = told(CASE, {"intake": account(said("done", 0))}, []).steps
    assert (request.kind, request.at, request.cause) == ("request", message.at, None)
    assert message.cause == str(CASE)


def test_what_a_timed_job_says_has_no_request() -> None:
    id_ = str(new_id())
    [message] = told(UUID(id_), {"intake": account(said(id_, 0))}, []).steps
    assert (message.kind, message.cause) == ("message", None)


def test_a_kept_message_of_a_service_that_is_away_is_told_from_the_inbox() -> None:
    kept = handled("paid", 20, "parked", told_whole=True)
    notify = account(came=[kept])
    story = told(CASE, {"intake": account(said("done", 0)), "notify": notify}, {"volunteers"})
    assert kinds(story.steps) == [
        "intake request",
        "intake message",
        "volunteers message",
        "notify handling",
    ]
    assert story.steps[-1].cause == "paid"
    assert story.unavailable == ["volunteers"]


def test_a_message_takes_until_it_is_sent_and_a_handling_since_it_was_recorded() -> None:
    notify = account(came=[handled("done", 30)])
    steps = told(CASE, {"intake": account(said("done", 0)), "notify": notify}, []).steps
    assert [(one.kind, one.took_ms) for one in steps[1:]] == [("message", 2), ("handling", 30)]


def test_causes_that_run_in_a_circle_end() -> None:
    steps = told(CASE, {"intake": account(said("a", 0, "b"), said("b", 1, "a"))}, []).steps
    assert {one.id for one in steps} == {"a", "b"}


def test_more_than_so_many_messages_are_cut_and_said_to_be() -> None:
    many = [said(f"m{number}", number) for number in range(MOST)]
    assert not told(CASE, {"intake": account(*many)}, []).cut
    story = told(CASE, {"intake": account(*many), "notify": account(said("late", 10_000))}, [])
    assert story.cut
    assert "late" not in {one.id for one in story.steps}
    assert told(CASE, {"intake": account(said("a", 0), cut=True)}, []).cut
