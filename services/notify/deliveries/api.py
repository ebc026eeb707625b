"""The JSON API: one's own inbox, and the station's deliveries for operators."""

from collections.abc import Iterable
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
from services.notify.settings import SETTINGS, NotifySettings
from services.notify.wording.rules import ChannelName
from shared.auth import Actor
from shared.db import sealer_of
from shared.language import Language, preferred
from shared.observability.logs import logger
from shared.sealing import Sealer
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, ResponseModel, Tx
from shared.web.pagination import Pagination

api = ApiRouter()
log = logger(__name__)


class InboxItem(ResponseModel):
    """One notification to the reader; `subject` is the path of its subject (`wishes/0190…`)."""

    id: UUID
    category: str
    title: str
    body: str
    subject: str
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery, language: Language) -> "InboxItem":
        """Build the item in `language`."""
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
    """The number of unread items in the inbox."""

    unread: int


class MarkedReadCount(ResponseModel):
    """The number of items that were unread until now."""

    read: int


class DeliveryView(ResponseModel):
    """One delivery as an operator sees it: the address is masked, and so is an expired code."""

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
        """Build the view, with the text of the delivery."""
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
    """The actor who reads, and the language: of Accept-Language, or else the actor's own."""

    def __init__(self, request: Request, actor: CurrentActor) -> None:
        header = request.headers.get("accept-language")
        self.actor = actor
        self.language: Language = preferred(header) if header else actor.language


class DeliveryFilter:
    """The filter of deliveries."""

    def __init__(self, channel: ChannelName | None = None, state: State | None = None) -> None:
        values: dict[str, str | None] = {"channel": channel, "state": state}
        self.columns = {name: value for name, value in values.items() if value is not None}


@api.get("/inbox", policy="inbox.read")
async def read_inbox(
    pagination: Pagination,
    response: Response,
    tx: Tx,
    reader: Annotated[Reader, Depends()],
    unread: bool = False,
) -> list[InboxItem]:
    """List one's own inbox, newest first, in the reader's language."""
    actor, language = reader.actor, reader.language
    page = pagination.set_next_link(
        await queries.inbox(
            tx, actor, unread=unread, after=pagination.after, limit=pagination.limit
        )
    )
    response.headers["Content-Language"] = language
    return [InboxItem.of(delivery, language) for delivery in page.items]


@api.get("/inbox/unread", policy="inbox.read")
async def count_unread(tx: Tx, actor: CurrentActor) -> UnreadCount:
    """Count the unread items of one's own inbox."""
    return UnreadCount(unread=await queries.count_unread(tx, actor))


@api.post("/inbox/read-all", policy="inbox.read")
async def mark_all_read(tx: Tx, actor: CurrentActor) -> MarkedReadCount:
    """Mark everything in one's own inbox as read."""
    return MarkedReadCount(read=await actions.mark_all_read(tx, actor))


@api.post("/inbox/{delivery_id}/read", policy="inbox.read")
async def mark_read(delivery_id: UUID, tx: Tx, reader: Annotated[Reader, Depends()]) -> InboxItem:
    """Mark one item of one's own inbox as read; a repeat changes nothing."""
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
    """List the station's deliveries, newest first, with their outcomes.

    With the on-screen adapter a sign-in code can be read here until the code expires, which is how
    a station without an SMS contract hands out codes.
    """
    deliveries = await queries.deliveries(
        tx, actor, filters=filters.columns, after=pagination.after, limit=pagination.limit
    )
    page = pagination.set_next_link(deliveries)
    _log_revealed_codes(actor, page.items)
    settings = SETTINGS.get(request.app.state)
    return [DeliveryView.of(d, sealer_of(tx), settings) for d in page.items]


def _log_revealed_codes(actor: Actor, deliveries: Iterable[Delivery]) -> None:
    revealed = [str(d.id) for d in deliveries if d.sealed and shows_secrets(d)]
    if revealed:
        log.info("sign-in codes shown", person=str(actor.person), deliveries=revealed)
