"""The JSON API: one's own inbox, and the station's deliveries for operators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from services.notify.deliveries import actions, queries
from services.notify.deliveries.models import Delivery, State
from services.notify.deliveries.rendering import (
    category_of,
    inbox_text,
    masked_address,
    operator_text,
    shows_secrets,
)
from services.notify.settings import NotifySettings
from services.notify.wording.rules import ChannelName
from shared.language import Language, preferred
from shared.observability.logs import logger
from shared.sealing import Sealer
from shared.web.http import ApiRouter, CurrentActor, Pagination, ResponseModel, Tx

api = ApiRouter()
log = logger(__name__)


class InboxItem(ResponseModel):
    """One thing that the reader was told; `subject` is what it is about (`wishes/0190…`)."""

    id: UUID
    category: str
    title: str
    body: str
    subject: str
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery, language: Language) -> "InboxItem":
        """The item in the reader's language."""
        text = inbox_text(delivery, language)
        return cls(
            id=delivery.id,
            category=category_of(delivery),
            title=text.title,
            body=text.body,
            subject=delivery.subject,
            created_at=delivery.created_at,
            read_at=delivery.read_at,
        )


class UnreadCount(ResponseModel):
    """How many items of the inbox are unread."""

    unread: int


class MarkedReadCount(ResponseModel):
    """How many items were unread until now."""

    read: int


class DeliveryView(ResponseModel):
    """One delivery as an operator sees it: the address is masked, and so are codes once over."""

    id: UUID
    recipient_id: UUID
    channel: ChannelName
    template: str
    language: Language
    state: State
    to: str | None
    text: str
    attempts: int
    via: str | None
    reason: str | None
    subject: str
    correlation: UUID
    created_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    expires_at: datetime | None
    read_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery, sealer: Sealer, settings: NotifySettings) -> "DeliveryView":
        """The delivery with its words."""
        columns = {
            name: getattr(delivery, name) for name in cls.model_fields.keys() - {"to", "text"}
        }
        return cls.model_validate(
            {
                **columns,
                "to": masked_address(delivery, sealer),
                "text": operator_text(delivery, sealer, settings),
            }
        )


class Reader:
    """Who reads, and in which language: the one asked for, or else the person's own."""

    def __init__(self, request: Request, actor: CurrentActor) -> None:
        asked = request.headers.get("accept-language")
        self.actor = actor
        self.language: Language = preferred(asked) if asked else actor.language


class DeliveryFilter:
    """Which deliveries to list."""

    def __init__(self, channel: ChannelName | None = None, state: State | None = None) -> None:
        wanted: dict[str, str | None] = {"channel": channel, "state": state}
        self.columns = {name: value for name, value in wanted.items() if value is not None}


@api.get("/inbox", policy="inbox.read")
async def read_inbox(
    pagination: Pagination,
    response: Response,
    tx: Tx,
    reader: Annotated[Reader, Depends()],
    unread: bool = False,
) -> list[InboxItem]:
    """One's own inbox, newest first, in the reader's language."""
    actor, language = reader.actor, reader.language
    found = pagination.set_next_link(
        await queries.inbox(
            tx, actor, unread=unread, after=pagination.after, limit=pagination.limit
        )
    )
    response.headers["Content-Language"] = language
    return [InboxItem.of(delivery, language) for delivery in found.items]


@api.get("/inbox/unread", policy="inbox.read")
async def count_unread(tx: Tx, actor: CurrentActor) -> UnreadCount:
    """How many items of one's own inbox are unread."""
    return UnreadCount(unread=await queries.count_unread(tx, actor))


@api.post("/inbox/read-all", policy="inbox.read")
async def mark_all_read(tx: Tx, actor: CurrentActor) -> MarkedReadCount:
    """Everything in one's own inbox is read."""
    return MarkedReadCount(read=await actions.mark_all_read(tx, actor))


@api.post("/inbox/{delivery_id}/read", policy="inbox.read")
async def mark_read(delivery_id: UUID, tx: Tx, reader: Annotated[Reader, Depends()]) -> InboxItem:
    """One item of one's own inbox is read; again changes nothing."""
    delivery = await actions.mark_read(tx, reader.actor, delivery_id)
    return InboxItem.of(delivery, reader.language)


@api.get("/deliveries", policy="deliveries.read")
async def list_deliveries(
    request: Request,
    pagination: Pagination,
    filters: Annotated[DeliveryFilter, Depends()],
    tx: Tx,
    actor: CurrentActor,
) -> list[DeliveryView]:
    """What the station told people, newest first, and what came of it.

    With the on-screen adapter a sign-in code can be read here until it expires, which is how a
    station without an SMS contract hands out codes.
    """
    found = pagination.set_next_link(
        await queries.deliveries(
            tx, actor, filters=filters.columns, after=pagination.after, limit=pagination.limit
        )
    )
    shown = [str(d.id) for d in found.items if d.sealed and shows_secrets(d)]
    if shown:
        log.info("sign-in codes shown", person=str(actor.person), deliveries=shown)
    runtime = request.app.state.runtime
    return [DeliveryView.of(d, runtime.sealer, runtime.settings) for d in found.items]
