"""The API of operators over a service's messages, the same in every service."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, StringConstraints, model_validator
from sqlalchemy import Row

from shared.auth import Actor
from shared.bus.admin import redrive
from shared.bus.admin import replay as bus_replay
from shared.bus.admin.redrive import ActionKind, Operator, State
from shared.bus.admin.replay import Original, Replay, SentFilter
from shared.contracts.registry import SERVICES
from shared.language import N_
from shared.web.http import (
    ApiRouter,
    CurrentActor,
    Filters,
    Pagination,
    RequestModel,
    ResponseModel,
    Tx,
)

POLICY = "messages.operate"
# More than a relay turn moves at one moment, so that a list that goes on at a moment does go on.
MAX_BUNDLED_MESSAGES = 1_000
Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
ReasonText = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(N_("This is not valid")) from None


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class MessageFilter(Filters):
    """Which messages to list."""

    state: State | None = None
    type: Name | None = None


class ActionReason(RequestModel):
    """Why it is done, for the record."""

    reason: ReasonText


class RetryAllRequest(ActionReason):
    """The parked messages of which type, and why."""

    type: Name


class SentFilterParams(Filters):
    """Which of the messages that this service sent, and for whose inbox; one of three is needed."""

    to: Annotated[str, StringConstraints(pattern=f"^({'|'.join(SERVICES)})$")]
    type: Name | None = None
    subject: Name | None = None
    correlation: UUID | None = None
    since: UtcDatetime | None = None
    until: UtcDatetime | None = None

    @model_validator(mode="after")
    def _narrow(self) -> Self:
        if self.type is None and self.subject is None and self.correlation is None:
            raise ValueError(N_("Please name a type, a subject or a correlation"))
        return self

    @property
    def sent_filter(self) -> SentFilter:
        """The same without the service."""
        return SentFilter(**self.model_dump(exclude={"to"}))


class ReplayRequest(ActionReason):
    """What another service handed out; `again` does again what was done."""

    handover: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]
    again: bool = False


class FailedMessage(ResponseModel):
    """A message that the inbox keeps because it isn't done; bytes that are none have no id.

    `publisher` is the user on the broker of the partner's machine that said it, if one did.
    """

    key: UUID
    state: State
    type: str
    id: str | None
    source: str | None
    subject: str | None
    correlation: UUID
    attempts: int
    error: str | None
    received_at: datetime
    due_at: datetime | None
    retried_at: datetime | None
    publisher: str | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """The message of a row."""
        return cls.model_validate({**row._mapping, **message_fields(row)})


class FailedMessageDetail(FailedMessage):
    """The same with its content, in which whatever is sealed stays out of sight."""

    time: datetime | None
    sequence: int | None
    causation: str | None
    content: dict[str, Any] | None


class Retried(ResponseModel):
    """How many messages are tried again; where it is 1,000, ask once more for the rest."""

    retried: int


class ReplayBundles(ResponseModel):
    """Sealed handovers, each to be sent to the other service's `replays` within an hour.

    `goes_on_at` is the `since` to ask with for the rest, where there is more.
    """

    found: int
    handovers: list[str]
    goes_on_at: datetime | None


class ReplayResult(ResponseModel):
    """How many messages are handled now; what was left was done, set aside, or isn't for it."""

    handed: int
    left: int


class ActionLogEntry(ResponseModel):
    """What somebody did to so many messages, or to the one with that key."""

    id: UUID
    act: ActionKind
    message_key: UUID | None
    chosen: dict[str, str]
    messages: int
    who: str
    reason: str
    at: datetime


def message_fields(row: Row[Any]) -> dict[str, Any]:
    """What the message of a row says, as it may be seen."""
    envelope = redrive.envelope_of(row)
    names = ("id", "source", "subject", "time", "sequence")
    return {
        **{name: getattr(envelope, name, None) for name in names},
        "key": row.message_key,
        "causation": getattr(envelope, "causationid", None),
        "content": redrive.redact(dict(envelope.data)) if envelope else None,
    }


async def _operator(request: Request, actor: CurrentActor) -> Operator:
    return operator_for(actor, request.app.state.runtime.service.name)


CurrentOperator = Annotated[Operator, Depends(_operator)]


def operator_for(actor: Actor, service: str) -> Operator:
    """The actor as an operator of the messages of the own station."""
    return Operator(service, str(actor.person), actor.station)


async def list_failed(
    tx: Tx,
    operator: CurrentOperator,
    message_filter: Annotated[MessageFilter, Query()],
    pagination: Pagination,
) -> list[FailedMessage]:
    """The station's messages that aren't done, the last to come first."""
    wanted = redrive.InboxFilter(message_filter.state, message_filter.type)
    found = pagination.set_next_link(
        await redrive.list_failed(tx, operator, wanted, pagination.page_request)
    )
    return [FailedMessage.of(row) for row in found.items]


async def list_actions(
    tx: Tx, operator: CurrentOperator, pagination: Pagination
) -> list[ActionLogEntry]:
    """What was done to the station's messages, by whom and why, newest first."""
    found = pagination.set_next_link(
        await redrive.list_actions(tx, operator, pagination.page_request)
    )
    return [ActionLogEntry.model_validate(row) for row in found.items]


async def hand_out(
    request: Request, tx: Tx, actor: CurrentActor, params: Annotated[SentFilterParams, Query()]
) -> ReplayBundles:
    """What this service said, sealed for the inbox of another one; the first to be sent first."""
    rows = await bus_replay.page(tx, params.sent_filter, actor.station, MAX_BUNDLED_MESSAGES + 1)
    originals = [Original.of(row) for row in rows[:MAX_BUNDLED_MESSAGES]]
    sealer = request.app.state.runtime.sealer
    return ReplayBundles(
        found=len(originals),
        handovers=list(bus_replay.seal_bundles(sealer, originals, operator_for(actor, params.to))),
        goes_on_at=rows[MAX_BUNDLED_MESSAGES].sent_at if len(rows) > MAX_BUNDLED_MESSAGES else None,
    )


async def replay(
    request: Request, tx: Tx, operator: CurrentOperator, body: ReplayRequest
) -> ReplayResult:
    """Handle what another service handed out, but not what was done, unless again."""
    runtime = request.app.state.runtime
    originals = bus_replay.open_bundle(runtime.sealer, body.handover, operator)
    wanted = Replay(SentFilter(), body.reason, body.again)
    done = await bus_replay.requeue(tx, operator, runtime.service.handlers, originals, wanted)
    return ReplayResult.model_validate(done)


async def retry_all(tx: Tx, operator: CurrentOperator, body: RetryAllRequest) -> Retried:
    """Try the parked messages of a type again, 1,000 at once, the first to come first."""
    return Retried(retried=await redrive.retry_all(tx, operator, body.type, body.reason))


async def show_failed(key: UUID, tx: Tx, operator: CurrentOperator) -> FailedMessageDetail:
    """One message that isn't done, with its content and what went wrong."""
    return FailedMessageDetail.of(await redrive.find(tx, operator, key))


async def retry(
    key: UUID, tx: Tx, operator: CurrentOperator, body: ActionReason
) -> FailedMessageDetail:
    """Try a message again at once, with all its attempts before it."""
    return FailedMessageDetail.of(await redrive.retry(tx, operator, key, body.reason))


async def skip(
    key: UUID, tx: Tx, operator: CurrentOperator, body: ActionReason
) -> FailedMessageDetail:
    """Set a message aside: it is kept, and isn't tried again until somebody retries it."""
    return FailedMessageDetail.of(await redrive.skip(tx, operator, key, body.reason))


def operations(service: str) -> ApiRouter:
    """The routes over that service's messages; those with a fixed name before those with a key."""
    router = ApiRouter(prefix=f"/operations/{service}/messages", tags=["operations"])
    router.get("", policy=POLICY)(list_failed)
    router.get("/acts", policy=POLICY)(list_actions)
    router.get("/handovers", policy=POLICY)(hand_out)
    router.post("/replays", policy=POLICY)(replay)
    router.post("/retry-all", policy=POLICY)(retry_all)
    router.get("/{key}", policy=POLICY)(show_failed)
    router.post("/{key}/retry", policy=POLICY)(retry)
    router.post("/{key}/skip", policy=POLICY)(skip)
    return router
