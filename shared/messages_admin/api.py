"""The operators' API over a service's messages, the same in every service."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import Query, Request
from pydantic import AfterValidator, AwareDatetime, StringConstraints, model_validator
from sqlalchemy import Row

from shared.bus.admin import redrive
from shared.bus.admin import replay as bus_replay
from shared.bus.admin.replay import Original, Replay, SentFilter
from shared.bus.tables import ActionKind, FailureState
from shared.contracts.registry import SERVICES
from shared.language import N_
from shared.messages_admin.bulk_api import add_bulk_routes
from shared.messages_admin.context import admin_context
from shared.messages_admin.requests import ActionReason, CurrentOperator, Name, operator_for
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Filters, ResponseModel, Tx
from shared.web.pagination import Pagination

POLICY = "messages.operate"
# More than a relay batch moves at one moment, so that the next `since` is later than this one.
MAX_BUNDLED_MESSAGES = 1_000


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(N_("This is not valid")) from None


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class MessageFilter(Filters):
    """Filter of the messages to list."""

    state: FailureState | None = None
    type: Name | None = None


class RetryAllRequest(ActionReason):
    """The type whose parked messages are retried, and the reason."""

    type: Name


class SentFilterParams(Filters):
    """The reading service, and the filter of sent messages: a type, a subject or a correlation."""

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
        """The filter without the reading service."""
        return SentFilter(**self.model_dump(exclude={"to"}))


class ReplayRequest(ActionReason):
    """A handover of another service; with `again`, done messages are handled again."""

    handover: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]
    again: bool = False


class FailedMessage(ResponseModel):
    """A message that isn't done; bytes that are no message have no id.

    `publisher` is the broker user of the partner's machine that published the message, if any.
    """

    key: UUID
    state: FailureState
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
        """Build the message from an inbox row."""
        return cls.model_validate({**row._mapping, **message_fields(row)})


class FailedMessageDetail(FailedMessage):
    """A message that isn't done, with its content, in which sealed values are masked."""

    time: datetime | None
    sequence: int | None
    causation: str | None
    content: dict[str, Any] | None


class RetryAllResult(ResponseModel):
    """Number of messages that are retried; if it is 1,000, repeat the request for the rest."""

    retried: int


class ReplayBundles(ResponseModel):
    """Sealed handovers, each to be sent to the other service's `replays` within an hour.

    `goes_on_at` is the `since` of the next request, if there are more messages.
    """

    found: int
    handovers: list[str]
    goes_on_at: datetime | None


class ReplayResult(ResponseModel):
    """Numbers of messages: handled now, and left as done, skipped, or for another reader."""

    handed: int
    left: int


class ActionLogEntry(ResponseModel):
    """An operator's action on a number of messages, or on the one with `message_key`."""

    id: UUID
    act: ActionKind
    message_key: UUID | None
    chosen: dict[str, str]
    messages: int
    who: str
    reason: str
    at: datetime


def message_fields(row: Row[Any]) -> dict[str, Any]:
    """Return the fields of a row's message, with sealed values masked."""
    envelope = redrive.envelope_of(row)
    names = ("id", "source", "subject", "time", "sequence")
    return {
        **{name: getattr(envelope, name, None) for name in names},
        "key": row.message_key,
        "causation": getattr(envelope, "causationid", None),
        "content": redrive.redact(dict(envelope.data)) if envelope else None,
    }


async def list_failed(
    tx: Tx,
    operator: CurrentOperator,
    message_filter: Annotated[MessageFilter, Query()],
    pagination: Pagination,
) -> list[FailedMessage]:
    """List the station's messages that aren't done, newest first."""
    inbox_filter = redrive.InboxFilter(message_filter.state, message_filter.type)
    page = pagination.set_next_link(
        await redrive.list_failed(tx, operator, inbox_filter, pagination.page_request)
    )
    return [FailedMessage.of(row) for row in page.items]


async def list_actions(
    tx: Tx, operator: CurrentOperator, pagination: Pagination
) -> list[ActionLogEntry]:
    """List the actions on the station's messages, with operator and reason, newest first."""
    page = pagination.set_next_link(
        await redrive.list_actions(tx, operator, pagination.page_request)
    )
    return [ActionLogEntry.model_validate(row) for row in page.items]


async def hand_out(
    request: Request, tx: Tx, actor: CurrentActor, params: Annotated[SentFilterParams, Query()]
) -> ReplayBundles:
    """Seal messages that this service sent for the inbox of another service, oldest first."""
    rows = await bus_replay.page(tx, params.sent_filter, actor.station, MAX_BUNDLED_MESSAGES + 1)
    originals = [Original.of(row) for row in rows[:MAX_BUNDLED_MESSAGES]]
    sealer = admin_context(request).sealer
    return ReplayBundles(
        found=len(originals),
        handovers=list(bus_replay.seal_bundles(sealer, originals, operator_for(actor, params.to))),
        goes_on_at=rows[MAX_BUNDLED_MESSAGES].sent_at if len(rows) > MAX_BUNDLED_MESSAGES else None,
    )


async def replay(
    request: Request, tx: Tx, operator: CurrentOperator, body: ReplayRequest
) -> ReplayResult:
    """Handle the messages that another service handed out; done messages only with `again`."""
    context = admin_context(request)
    originals = bus_replay.open_bundle(context.sealer, body.handover, operator)
    options = Replay(SentFilter(), body.reason, body.again)
    counts = await bus_replay.requeue(tx, operator, context.handlers, originals, options)
    return ReplayResult.model_validate(counts)


async def retry_all(tx: Tx, operator: CurrentOperator, body: RetryAllRequest) -> RetryAllResult:
    """Retry the parked messages of a type, oldest first, 1,000 at most."""
    return RetryAllResult(retried=await redrive.retry_all(tx, operator, body.type, body.reason))


async def show_failed(key: UUID, tx: Tx, operator: CurrentOperator) -> FailedMessageDetail:
    """Show a message that isn't done, with its content and its error."""
    return FailedMessageDetail.of(await redrive.find(tx, operator, key))


async def retry(
    key: UUID, tx: Tx, operator: CurrentOperator, body: ActionReason
) -> FailedMessageDetail:
    """Retry a message at once, with its attempts reset."""
    return FailedMessageDetail.of(await redrive.retry(tx, operator, key, body.reason))


async def skip(
    key: UUID, tx: Tx, operator: CurrentOperator, body: ActionReason
) -> FailedMessageDetail:
    """Set a message aside: it stays stored, but isn't retried until an operator retries it."""
    return FailedMessageDetail.of(await redrive.skip(tx, operator, key, body.reason))


def operations(service: str) -> ApiRouter:
    """Build the routes over a service's messages; fixed paths come before those with a key."""
    router = ApiRouter(prefix=f"/operations/{service}/messages", tags=["operations"])
    router.get("", policy=POLICY)(list_failed)
    router.get("/acts", policy=POLICY)(list_actions)
    router.get("/handovers", policy=POLICY)(hand_out)
    router.post("/replays", policy=POLICY)(replay)
    router.post("/retry-all", policy=POLICY)(retry_all)
    add_bulk_routes(router, POLICY)
    router.get("/{key}", policy=POLICY)(show_failed)
    router.post("/{key}/retry", policy=POLICY)(retry)
    router.post("/{key}/skip", policy=POLICY)(skip)
    return router
