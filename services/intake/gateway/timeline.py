"""The timeline of a case: the steps of all services in the order of cause and time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.messages_admin.effects import Effect
from shared.messages_admin.trail import MAX_ITEMS, HandledMessage, SentMessage, ServiceTrail
from shared.web.http import ResponseModel

# The time in a request's id counts only when it is this close before the first message.
MAX_REQUEST_DURATION = timedelta(minutes=1)


class Step(ResponseModel):
    """One step of a case.

    `kind` is `request`, `message`, `handling`, `points` or `delivery`; `cause` is the `id` of the
    step that led to this one. `what` is the type of a message, the rule of points, the channel of
    a delivery. `after_ms` counts from the first step. `until` is when the step ended: sent,
    handled, delivered; `took_ms` is its duration, for a handling since the message was recorded.
    `state` is `sent` or `waiting` for a message; `done`, `retry`, `parked` or `skipped` for a
    handling; `award` or `reversal` for points; `queued`, `leased`, `sent` or `failed` for a
    delivery. `key` finds a handling that isn't done among the messages of operators.
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
    """All steps under a correlation id in the station, each after its cause.

    `unavailable` names the services that couldn't be asked, whose steps are missing; `cut` says
    whether there are more than the first 500 messages or effects.
    """

    correlation_id: UUID
    steps: list[Step]
    unavailable: list[str]
    cut: bool


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """The report of one service: its messages and effects, and the messages that it handled."""

    trail: ServiceTrail
    handled: list[HandledMessage] = field(default_factory=list)


def messages_of(reports: Mapping[str, ServiceReport]) -> list[tuple[str, SentMessage]]:
    """List the first `MAX_ITEMS` messages with their services' names, oldest first."""
    messages = [
        (name, message) for name, report in reports.items() for message in report.trail.messages
    ]
    return sorted(messages, key=lambda one: one[1].recorded_at)[:MAX_ITEMS]


def build_timeline(
    correlation: UUID, reports: Mapping[str, ServiceReport], unavailable: Iterable[str]
) -> Timeline:
    """Build the timeline of a case, without steps where no service reports any."""
    messages = messages_of(reports)
    steps = [*_steps(correlation, messages, reports)]
    message_count = sum(len(report.trail.messages) for report in reports.values())
    return Timeline(
        correlation_id=correlation,
        steps=_order_steps(steps),
        unavailable=sorted(unavailable),
        cut=message_count > MAX_ITEMS or any(report.trail.cut for report in reports.values()),
    )


def _steps(
    correlation: UUID, messages: list[tuple[str, SentMessage]], reports: Mapping[str, ServiceReport]
) -> Iterator[Step]:
    ids_by_key = {key: one.id for _, one in messages for key in (one.key, one.old_key)}
    message_ids = {one.id for _, one in messages}
    recorded_at = {one.id: one.recorded_at for _, one in messages}
    handled = [
        (name, one, ids_by_key.get(one.key) or one.id or str(one.key))
        for name, report in reports.items()
        for one in report.handled
    ]
    handlings = {(name, id_): f"{name}/{one.key}" for name, one, id_ in handled}

    def cause_in(service: str, causation: str | None) -> str | None:
        message_id = causation if causation in message_ids else None
        return handlings.get((service, causation or ""), message_id)

    roots = [one for _, one in messages if one.causation is None]
    is_request = bool(roots) and str(correlation) != roots[0].id
    if is_request:
        yield _request(correlation, roots[0].recorded_at)
    for name, message in messages:
        from_request = is_request and message.causation is None
        cause = str(correlation) if from_request else cause_in(name, message.causation)
        yield _message(name, message, cause)
    for name, one, id_ in handled:
        if id_ not in message_ids:
            message_ids.add(id_)
            yield _missing_message(one, id_)
        yield _handling(name, one, id_, recorded_at.get(id_) or one.recorded_at or one.received_at)
    for name, report in reports.items():
        for effect in report.trail.effects:
            yield _effect(name, effect, cause_in(name, effect.causation))


def _request(correlation: UUID, first: datetime) -> Step:
    """Return the request that began the case, at the time in its id where the gateway made it."""
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
    """Return a message whose own service couldn't be asked, or has deleted it."""
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


# What `_step` takes by itself.
OWN_FIELDS = ("id", "causation", "kind")


def _effect(service: str, effect: Effect, cause: str | None) -> Step:
    columns = {name: value for name, value in asdict(effect).items() if name not in OWN_FIELDS}
    return _step(str(effect.id), effect.kind, service, cause, **columns)


def _step(id_: str, kind: str, service: str, cause: str | None, **columns: Any) -> Step:
    until = columns.get("until")
    if until is not None and columns.get("took_ms") is None:
        columns["took_ms"] = _ms(until - columns["at"])
    return Step(id=id_, kind=kind, service=service, cause=cause, after_ms=0, **columns)


def _order_steps(steps: list[Step]) -> list[Step]:
    """Sort by time, each step after its cause even where the clocks of two machines disagree."""
    positions = _positions(steps)
    # Steps of one kind that happened at one moment stand together.
    ordered = sorted(steps, key=lambda one: (*positions[one.id], one.kind, one.what))
    start = ordered[0].at if ordered else None
    return [one.model_copy(update={"after_ms": _ms(one.at - start)}) for one in ordered if start]


def _positions(steps: list[Step]) -> dict[str, tuple[datetime, int]]:
    """Return each step's time, at the earliest its cause's, and its depth below the first cause."""
    by_id = {step.id: step for step in steps}
    positions: dict[str, tuple[datetime, int]] = {}
    for step in steps:
        chain: list[Step] = []
        link: Step | None = step
        while link is not None and link.id not in positions and link not in chain:
            chain.append(link)
            link = by_id.get(link.cause or "")
        for one in reversed(chain):
            moment, depth = positions.get(one.cause or "", (one.at, -1))
            positions[one.id] = (max(one.at, moment), depth + 1)
    return positions


def _ms(span: timedelta) -> int:
    return max(0, round(span.total_seconds() * 1000))
