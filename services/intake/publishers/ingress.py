"""What partners publish over HTTP: kept at once, and absorbed a moment later."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.gateway.rate_limits import Rates
from services.intake.publishers import actions, cloudevents, queries
from services.intake.publishers.queries import Known
from shared.auth import Actor
from shared.bus.admin import redrive
from shared.bus.admin.redrive import Operator, State, Wanted
from shared.bus.inbox import store
from shared.bus.inbox.dispatcher import read_foreign
from shared.bus.inbox.store import Kept, Received
from shared.bus.partners import ingress
from shared.contracts.envelope import Envelope, InvalidMessage, PartnerWire
from shared.contracts.schemas import Untitled
from shared.errors import Invalid, NotFound, Problem
from shared.language import N_
from shared.web.http import Api, Filters, Tx, View, Where, Who

SERVICE = "intake"
OF_BATCH = N_("It is message %(number)s of the batch; none of them was taken.")
router = Api(prefix="/messages", tags=["messages"])


class NotAnEvent(Invalid):
    """It isn't a CloudEvent with all that is needed."""

    title = N_("This is not a CloudEvent as it is taken here: %(wrong)s")


class Taken(View):
    """A message that is kept; `key` is where to ask what became of it.

    One that came before, by its source and id, is `repeated` and changes nothing.
    """

    key: UUID
    id: str
    type: str
    repeated: bool


class Became(View):
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
    def of(cls, row: Any) -> "Became":
        """The state of a row of the inbox."""
        envelope = redrive.envelope_of(row)
        said = {"key": row.message_key, "id": envelope.id if envelope else None}
        return cls.model_validate({**row._mapping, **said})


class Which(Filters):
    """Which of one's own messages to list; `id` names one."""

    state: State | None = None
    id: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


def _body() -> dict[str, Any]:
    event = PartnerWire.model_json_schema(schema_generator=Untitled)
    content = {
        cloudevents.STRUCTURED: event,
        cloudevents.BATCH: {
            "type": "array",
            "items": event,
            "minItems": 1,
            "maxItems": cloudevents.MOST_AT_ONCE,
        },
        cloudevents.BINARY: {"type": "object", "description": "With `ce-` headers: the data."},
    }
    kinds = {kind: {"schema": schema} for kind, schema in content.items()}
    return {"requestBody": {"required": True, "content": kinds}}


@router.post(
    "", policy="messages.publish", status_code=202, problems=(400, 415), openapi_extra=_body()
)
async def publish(request: Request, response: Response, tx: Tx, actor: Who) -> list[Taken]:
    """Publish CloudEvents: structured, binary or a batch, of which all are taken or none.

    What is refused here was not taken; what is taken is not lost, and its key tells its fate.
    """
    # First of all, since a connection to the database is lent from here on.
    body = await request.body()
    asking = await queries.known(tx, actor)
    events = cloudevents.read(request.headers, body)
    rates: Rates = request.app.state.rates
    rates.count_messages(asking.publisher.id, len(events))
    taken = await _keep(tx, list(_checked(asking, events)))
    await actions.note_use(tx, asking.key)
    redrive.due_now(tx)
    if len(taken) == 1:
        response.headers["Location"] = f"/api/v1/messages/{taken[0].key}"
    return taken


@router.get("", policy="messages.publish")
async def list_messages(
    tx: Tx, actor: Who, which: Annotated[Which, Query()], where: Where
) -> list[Became]:
    """One's own messages that aren't done, newest first, over HTTP and over the broker.

    With `id` the one message under that id, done or not.
    """
    asking = await queries.known(tx, actor)
    publisher = asking.publisher
    if which.id is not None:
        key = store.key_of(publisher.user, publisher.source, which.id)
        row = await redrive.fate(tx, _operator(actor), publisher.user, key)
        return [Became.of(row)] if row else []
    wanted = Wanted(which.state, publisher=publisher.user)
    found = where.link(await redrive.kept(tx, _operator(actor), wanted, where.part))
    return [Became.of(row) for row in found.items]


@router.get("/{key}", policy="messages.publish")
async def get_message(key: UUID, tx: Tx, actor: Who) -> Became:
    """What became of one's own message, for 35 days after it is done."""
    asking = await queries.known(tx, actor)
    row = await redrive.fate(tx, _operator(actor), asking.publisher.user, key)
    if row is None:
        raise NotFound
    return Became.of(row)


def _operator(actor: Actor) -> Operator:
    return Operator(SERVICE, str(actor.person), actor.station)


def _checked(asking: Known, events: list[bytes]) -> Iterator[Received]:
    """Each event as it will be kept; the Problem of the first that can't be, with its number."""
    for number, event in enumerate(events, 1):
        try:
            yield _check(asking, event)
        except Problem as problem:
            if len(events) > 1:
                problem.detail = OF_BATCH
                problem.params = {**problem.params, "number": number}
            raise


def _check(asking: Known, event: bytes) -> Received:
    try:
        envelope = Envelope.from_partner(event, asking.publisher.station_id)
        received = read_foreign(asking.publisher.user, envelope)
    except InvalidMessage as error:
        raise NotAnEvent(wrong=str(error)) from None
    asking.publisher.check_may_publish(envelope.type)
    asking.key.check_covers(envelope.type)
    ingress.check_fresh(envelope)
    return received


async def _keep(tx: AsyncSession, came: list[Received]) -> list[Taken]:
    """Keep them in the order of their keys, or two batches deadlock; told in the order given."""
    fresh = set()
    for key, one in sorted({one.key: one for one in came}.items()):
        if await store.keep(tx, SERVICE, one, Kept.due()):
            fresh.add(key)
    taken = []
    for one in came:
        id_ = one.message.id if one.message else ""
        taken.append(Taken(key=one.key, id=id_, type=one.type, repeated=one.key not in fresh))
        fresh.discard(one.key)
    return taken
