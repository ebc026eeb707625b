"""What partners publish over HTTP: kept at once, and absorbed a moment later."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.gateway.rate_limits import RateLimiter
from services.intake.publishers import actions, cloudevents, queries
from services.intake.publishers.queries import AuthenticatedPublisher
from shared.auth import Actor
from shared.bus.admin import redrive
from shared.bus.admin.redrive import InboxFilter, Operator, State
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import parse_partner_message
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.partners import ingress
from shared.contracts.envelope import Envelope, InvalidMessage, PartnerEnvelopeModel
from shared.contracts.schemas import Untitled
from shared.errors import Invalid, NotFound, Problem
from shared.language import N_
from shared.web.http import ApiRouter, CurrentActor, Filters, Pagination, ResponseModel, Tx

SERVICE = "intake"
BATCH_REJECTED = N_("It is message %(number)s of the batch; none of them was taken.")
router = ApiRouter(prefix="/messages", tags=["messages"])


class NotAnEvent(Invalid):
    """It isn't a CloudEvent with all that is needed."""

    title = N_("This is not a CloudEvent as it is taken here: %(wrong)s")


class AcceptedMessage(ResponseModel):
    """A message that is kept; `key` is where to ask what became of it.

    One that came before, by its source and id, is `repeated` and changes nothing.
    """

    key: UUID
    id: str
    type: str
    repeated: bool


class MessageStatus(ResponseModel):
    """What became of a message: `done`, tried again, or `parked` with the reason in `error`.

    Of one that is done, and of one that could not be read, no `id` is kept.
    """

    key: UUID
    id: str | None
    type: str
    state: Literal["done"] | State
    attempts: int
    error: str | None
    received_at: datetime
    due_at: datetime | None
    handled_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "MessageStatus":
        """The state of a row of the inbox."""
        envelope = redrive.envelope_of(row)
        said = {"key": row.message_key, "id": envelope.id if envelope else None}
        return cls.model_validate({**row._mapping, **said})


class MessageStatusFilter(Filters):
    """Which of one's own messages to list; `id` names one."""

    state: State | None = None
    id: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


def _body() -> dict[str, Any]:
    event = PartnerEnvelopeModel.model_json_schema(schema_generator=Untitled)
    content = {
        cloudevents.STRUCTURED: event,
        cloudevents.BATCH: {
            "type": "array",
            "items": event,
            "minItems": 1,
            "maxItems": cloudevents.MAX_BATCH_SIZE,
        },
        cloudevents.BINARY: {"type": "object", "description": "With `ce-` headers: the data."},
    }
    kinds = {kind: {"schema": schema} for kind, schema in content.items()}
    return {"requestBody": {"required": True, "content": kinds}}


@router.post(
    "", policy="messages.publish", status_code=202, problems=(400, 415), openapi_extra=_body()
)
async def publish(
    request: Request, response: Response, tx: Tx, actor: CurrentActor
) -> list[AcceptedMessage]:
    """Publish CloudEvents: structured, binary or a batch, of which all are taken or none.

    What is refused here was not taken; what is taken is not lost, and its key tells its fate.
    """
    # First of all, since a connection to the database is lent from here on.
    body = await request.body()
    asking = await queries.authenticate(tx, actor)
    events = cloudevents.read(request.headers, body)
    rates: RateLimiter = request.app.state.rate_limiter
    rates.check_messages(asking.publisher.id, len(events))
    taken = await _store(tx, list(_parse_events(asking, events)))
    await actions.note_use(tx, asking.key)
    redrive.wake_retries(tx)
    if len(taken) == 1:
        response.headers["Location"] = f"/api/v1/messages/{taken[0].key}"
    return taken


@router.get("", policy="messages.publish")
async def list_messages(
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[MessageStatusFilter, Query()],
    pagination: Pagination,
) -> list[MessageStatus]:
    """One's own messages that aren't done, newest first, over HTTP and over the broker.

    With `id` the one message under that id, done or not.
    """
    asking = await queries.authenticate(tx, actor)
    publisher = asking.publisher
    if filters.id is not None:
        key = store.message_key(publisher.user, publisher.source, filters.id)
        row = await redrive.find_by_publisher(tx, _operator(actor), publisher.user, key)
        return [MessageStatus.of(row)] if row else []
    wanted = InboxFilter(filters.state, publisher=publisher.user)
    found = pagination.set_next_link(
        await redrive.list_failed(tx, _operator(actor), wanted, pagination.page_request)
    )
    return [MessageStatus.of(row) for row in found.items]


@router.get("/{key}", policy="messages.publish")
async def get_message(key: UUID, tx: Tx, actor: CurrentActor) -> MessageStatus:
    """What became of one's own message, for 35 days after it is done."""
    asking = await queries.authenticate(tx, actor)
    row = await redrive.find_by_publisher(tx, _operator(actor), asking.publisher.user, key)
    if row is None:
        raise NotFound
    return MessageStatus.of(row)


def _operator(actor: Actor) -> Operator:
    return Operator(SERVICE, str(actor.person), actor.station)


def _parse_events(caller: AuthenticatedPublisher, events: list[bytes]) -> Iterator[IncomingMessage]:
    """Each event as it will be kept; the Problem of the first that can't be, with its number."""
    for number, event in enumerate(events, 1):
        try:
            yield _parse_event(caller, event)
        except Problem as problem:
            if len(events) > 1:
                problem.detail = BATCH_REJECTED
                problem.params = {**problem.params, "number": number}
            raise


def _parse_event(caller: AuthenticatedPublisher, event: bytes) -> IncomingMessage:
    try:
        envelope = Envelope.from_partner(event, caller.publisher.station_id)
        received = parse_partner_message(caller.publisher.user, envelope)
    except InvalidMessage as error:
        raise NotAnEvent(wrong=str(error)) from None
    caller.publisher.check_may_publish(envelope.type)
    caller.key.check_covers(envelope.type)
    ingress.check_message_time(envelope)
    return received


async def _store(tx: AsyncSession, received: list[IncomingMessage]) -> list[AcceptedMessage]:
    """Keep them in the order of their keys, or two batches deadlock; told in the order given."""
    fresh = set()
    for key, one in sorted({one.key: one for one in received}.items()):
        if await store.store_failed(tx, SERVICE, one, FailureDisposition.retry_now()):
            fresh.add(key)
    taken = []
    for one in received:
        id_ = one.message.id if one.message else ""
        taken.append(
            AcceptedMessage(key=one.key, id=id_, type=one.type, repeated=one.key not in fresh)
        )
        fresh.discard(one.key)
    return taken
