"""The story of a case: what the services say of it, put together in the order of cause and time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.messages_admin.trail import MAX_ITEMS, Effect, HandledMessage, SentMessage, ServiceTrail
from shared.web.http import ResponseModel

# How much earlier than its first message a request may have begun, by the clock in its id.
MAX_REQUEST_DURATION = timedelta(minutes=1)


class Step(ResponseModel):
    """One thing that happened.

    `kind` is `request`, `message`, `handling`, `points` or `delivery`; `cause` the `id` of the step
    that led to it. `what` is the type of a message, the rule of points, the channel of a delivery;
    `after_ms` is counted from the beginning of the story. `until` is when it was over: sent,
    handled, delivered; `took_ms` is how long that took, of a handling since the message was
    recorded. `state` is of a message `sent` or `waiting`, of a handling `done`, `retry`, `parked`
    or `skipped`, of points `award` or `reversal`, of a delivery `queued`, `leased`, `sent` or
    `failed`. `key` finds what isn't done among the messages of operators.
    """

    id: str
    kind: str
    service: str
    cause: str | None
    what: str
    state: str
    at: datetime
    after_ms: int
    until: datetime | None = None
    took_ms: int | None = None
    subject: str | None = None
    sequence: int | None = None
    to: UUID | None = None
    amount: int | None = None
    attempts: int | None = None
    error: str | None = None
    due_at: datetime | None = None
    key: UUID | None = None


class Timeline(ResponseModel):
    """What happened under a correlation id in the station, each step after its cause.

    `unavailable` are services that couldn't be asked, whose steps are missing; `cut` is whether
    there are more than the first 500 messages or effects.
    """

    correlation_id: UUID
    steps: list[Step]
    unavailable: list[str]
    cut: bool


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """What one service says: its part, and what came to it."""

    trail: ServiceTrail
    handled: list[HandledMessage] = field(default_factory=list)


def messages_of(reports: Mapping[str, ServiceReport]) -> list[tuple[str, SentMessage]]:
    """The first of all messages with their services, in the order of time."""
    found = [(name, one) for name, account in reports.items() for one in account.trail.messages]
    return sorted(found, key=lambda one: one[1].recorded_at)[:MAX_ITEMS]


def build_timeline(
    correlation: UUID, reports: Mapping[str, ServiceReport], unavailable: Iterable[str]
) -> Timeline:
    """The story; without steps where nobody knows of it."""
    messages = messages_of(reports)
    steps = [*_steps(correlation, messages, reports)]
    asked = sum(len(account.trail.messages) for account in reports.values())
    return Timeline(
        correlation_id=correlation,
        steps=_order_steps(steps),
        unavailable=sorted(unavailable),
        cut=asked > MAX_ITEMS or any(account.trail.cut for account in reports.values()),
    )


def _steps(
    correlation: UUID, messages: list[tuple[str, SentMessage]], reports: Mapping[str, ServiceReport]
) -> Iterator[Step]:
    ids = {one.key: one.id for _, one in messages}
    known = {one.id for _, one in messages}
    recorded = {one.id: one.recorded_at for _, one in messages}
    handled = [
        (name, one, ids.get(one.key) or one.id or str(one.key))
        for name, account in reports.items()
        for one in account.handled
    ]
    handlings = {(name, id_): f"{name}/{one.key}" for name, one, id_ in handled}

    def cause_in(service: str, causation: str | None) -> str | None:
        return handlings.get((service, causation or ""), causation if causation in known else None)

    first = [one for _, one in messages if one.causation is None]
    is_request = bool(first) and str(correlation) != first[0].id
    if is_request:
        yield _request(correlation, first[0].recorded_at)
    for name, said in messages:
        begins = said.causation is None and is_request
        yield _message(name, said, str(correlation) if begins else cause_in(name, said.causation))
    for name, one, id_ in handled:
        if id_ not in known:
            known.add(id_)
            yield _missing_message(one, id_)
        yield _handling(name, one, id_, recorded.get(id_) or one.recorded_at or one.received_at)
    for name, account in reports.items():
        for effect in account.trail.effects:
            yield _effect(name, effect, cause_in(name, effect.causation))


def _request(correlation: UUID, first: datetime) -> Step:
    """The request that the case began with: when is in its id, where that is one of ours."""
    at = first
    if correlation.version == 7:
        minted = datetime.fromtimestamp((correlation.int >> 80) / 1000, UTC)
        at = minted if timedelta() <= first - minted <= MAX_REQUEST_DURATION else first
    return _step(str(correlation), "request", "intake", None, what="http", state="done", at=at)


def _message(service: str, message: SentMessage, cause: str | None) -> Step:
    return _step(
        message.id,
        "message",
        service,
        cause,
        what=message.type,
        state="sent" if message.sent_at else "waiting",
        at=message.recorded_at,
        until=message.sent_at,
        subject=message.subject,
        sequence=message.sequence,
    )


def _missing_message(one: HandledMessage, id_: str) -> Step:
    """A message that nobody says they sent: its service couldn't be asked, or forgot it."""
    return _step(
        id_,
        "message",
        (one.source or "").rpartition("/")[2],
        None,
        what=one.type,
        state="sent",
        at=one.recorded_at or one.received_at,
        subject=one.subject,
        sequence=one.sequence,
    )


def _handling(service: str, one: HandledMessage, message: str, recorded: datetime) -> Step:
    return _step(
        f"{service}/{one.key}",
        "handling",
        service,
        message,
        what=one.type,
        state=one.state,
        at=one.received_at,
        until=one.handled_at,
        took_ms=_ms(one.handled_at - recorded) if one.handled_at else None,
        attempts=one.attempts,
        error=one.error,
        due_at=one.due_at,
        key=one.key,
    )


def _effect(service: str, effect: Effect, cause: str | None) -> Step:
    columns = effect.model_dump(exclude={"id", "causation", "kind"})
    return _step(str(effect.id), effect.kind, service, cause, **columns)


def _step(id_: str, kind: str, service: str, cause: str | None, **columns: Any) -> Step:
    until = columns.get("until")
    if until is not None and columns.get("took_ms") is None:
        columns["took_ms"] = _ms(until - columns["at"])
    return Step(id=id_, kind=kind, service=service, cause=cause, after_ms=0, **columns)


def _order_steps(steps: list[Step]) -> list[Step]:
    """By time, each after its cause even where the clocks of two machines disagree."""
    by_id = {step.id: step for step in steps}
    places: dict[str, tuple[datetime, int]] = {}

    def place(step: Step) -> tuple[datetime, int]:
        above: list[Step] = []
        while step.id not in places:
            above.append(step)
            cause = by_id.get(step.cause or "")
            if cause is None or cause in above:
                break
            step = cause
        for one in reversed(above):
            moment, depth = places.get(one.cause or "", (one.at, -1))
            places[one.id] = (max(one.at, moment), depth + 1)
        return places[above[0].id] if above else places[step.id]

    # What is alike and happened at one moment stands together.
    ordered = sorted(steps, key=lambda one: (*place(one), one.kind, one.what))
    began = ordered[0].at if ordered else None
    return [one.model_copy(update={"after_ms": _ms(one.at - began)}) for one in ordered if began]


def _ms(span: timedelta) -> int:
    return max(0, round(span.total_seconds() * 1000))
