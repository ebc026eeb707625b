"""Routes of partners' messages, which are stored at once and handled a moment later."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.gateway.rate_limits import RATE_LIMITER
from services.intake.publishers import actions, cloudevents, queries
from services.intake.publishers.queries import AuthenticatedPublisher
from shared.auth import Actor
from shared.bus import message_keys
from shared.bus.admin import redrive
from shared.bus.admin.redrive import InboxFilter, Operator
from shared.bus.inbox import repeats, store
from shared.bus.inbox.parser import parse_partner_message
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.bus.partners import ingress
from shared.bus.tables import FailureState, InboxState
from shared.contracts.envelope import MAX_BODY_BYTES, Envelope, InvalidMessage, PartnerEnvelopeModel
from shared.contracts.schemas import UntitledJsonSchema
from shared.errors import Invalid, NotFound, Problem
from shared.language import N_
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Filters, ResponseModel, Tx
from shared.web.pagination import Pagination

SERVICE = "intake"
BATCH_REJECTED = N_("It is message %(number)s of the batch; none of them was taken.")
router = ApiRouter(prefix="/messages", tags=["messages"])


class NotAnEvent(Invalid):
    """A message that isn't a complete CloudEvent."""

    title = N_("This is not a CloudEvent as it is taken here: %(wrong)s")


class AcceptedMessage(ResponseModel):
    """A message that is stored; `key` finds its status.

    A message with the source and id of an earlier one is `repeated` and changes nothing.
    """

    key: UUID
    id: str
    type: str
    repeated: bool


class MessageStatus(ResponseModel):
    """The status of a message: `done`, tried again, or `parked` with the reason in `error`.

    A message that is done, or that could not be read, has no `id`.
    """

    key: UUID
    id: str | None
    type: str
    state: InboxState
    attempts: int
    error: str | None
    received_at: datetime
    due_at: datetime | None
    handled_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "MessageStatus":
        """Return the status of a row of the inbox."""
        envelope = redrive.envelope_of(row)
        key_and_id = {"key": row.message_key, "id": envelope.id if envelope else None}
        return cls.model_validate({**row._mapping, **key_and_id})


class MessageStatusFilter(Filters):
    """A filter of the publisher's own messages; `id` selects one."""

    state: FailureState | None = None
    id: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


def _request_body() -> dict[str, Any]:
    event = PartnerEnvelopeModel.model_json_schema(schema_generator=UntitledJsonSchema)
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
    "",
    policy="messages.publish",
    status_code=202,
    problems=(400, 409, 415),
    max_body_size=cloudevents.MAX_BATCH_SIZE * MAX_BODY_BYTES,
    openapi_extra=_request_body(),
)
async def publish(
    request: Request, response: Response, tx: Tx, actor: CurrentActor
) -> list[AcceptedMessage]:
    """Publish CloudEvents: structured, binary or a batch, of which all are accepted or none.

    A refused request stores nothing; an accepted message is not lost, and its key finds its status.
    """
    # The body is read before the first query, so that a slow client holds no connection.
    body = await request.body()
    caller = await queries.authenticate(tx, actor)
    events = cloudevents.read(request.headers, body)
    rate_limiter = RATE_LIMITER.get(request.app.state)
    rate_limiter.check_messages(caller.publisher.id, len(events))
    accepted = await _store(tx, list(_parse_events(caller, events)))
    await actions.note_use(tx, caller.key)
    redrive.wake_retries(tx)
    if len(accepted) == 1:
        response.headers["Location"] = f"/api/v1/messages/{accepted[0].key}"
    return accepted


@router.get("", policy="messages.publish")
async def list_messages(
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[MessageStatusFilter, Query()],
    pagination: Pagination,
) -> list[MessageStatus]:
    """List one's own messages that aren't done, newest first, over HTTP and over the broker.

    With `id`, list the one message under that id, done or not.
    """
    publisher = (await queries.authenticate(tx, actor)).publisher
    if filters.id is not None:
        keys = (
            message_keys.message_key(publisher.source, filters.id, publisher.id),
            message_keys.old_message_key(publisher.user, publisher.source, filters.id),
        )
        row = await redrive.find_by_publisher(tx, _operator(actor), publisher.user, *keys)
        return [MessageStatus.of(row)] if row else []
    inbox_filter = InboxFilter(filters.state, publisher=publisher.user)
    page = pagination.set_next_link(
        await redrive.list_failed(tx, _operator(actor), inbox_filter, pagination.page_request)
    )
    return [MessageStatus.of(row) for row in page.items]


@router.get("/{key}", policy="messages.publish")
async def get_message(key: UUID, tx: Tx, actor: CurrentActor) -> MessageStatus:
    """Show the status of one's own message, for 35 days after it is done."""
    publisher = (await queries.authenticate(tx, actor)).publisher
    row = await redrive.find_by_publisher(tx, _operator(actor), publisher.user, key)
    if row is None:
        raise NotFound
    return MessageStatus.of(row)


def _operator(actor: Actor) -> Operator:
    return Operator(SERVICE, str(actor.person), actor.station)


def _parse_events(caller: AuthenticatedPublisher, events: list[bytes]) -> Iterator[IncomingMessage]:
    """Parse each event; raise the Problem of the first invalid one, with its number."""
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
        received = parse_partner_message(caller.publisher.identity, envelope)
    except InvalidMessage as error:
        raise NotAnEvent(wrong=str(error)) from None
    caller.publisher.check_may_publish(envelope.type)
    caller.key.check_covers(envelope.type)
    ingress.check_message_time(envelope)
    return received


async def _store(tx: AsyncSession, received: list[IncomingMessage]) -> list[AcceptedMessage]:
    """Store the messages; return them in their own order.

    The order of storing is that of the keys, so that two batches never deadlock.
    """
    by_key = {one.key: one for one in received}
    if any(by_key[one.key].digest != one.digest for one in received):
        raise ingress.IdReused  # Two messages of the batch have the same id.
    fresh = set()
    for key, one in sorted(by_key.items()):
        if await store.store_failed(tx, SERVICE, one, FailureDisposition.retry_now()):
            fresh.add(key)
        elif await repeats.has_other_content(tx, SERVICE, one):
            raise ingress.IdReused
    accepted = []
    for one in received:
        id_ = one.message.id if one.message else ""
        accepted.append(
            AcceptedMessage(key=one.key, id=id_, type=one.type, repeated=one.key not in fresh)
        )
        fresh.discard(one.key)
    return accepted
