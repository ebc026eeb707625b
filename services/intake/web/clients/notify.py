"""Calls to the notify service: inbox and deliveries."""

from datetime import datetime
from uuid import UUID

from services.intake.web.clients.base import RemoteModel, call_service, fetch_list
from services.intake.web.kit.page_context import PageContext
from shared.pagination import Page


class InboxItem(RemoteModel):
    """One notice in an inbox; `subject` is what the notice is about (`wishes/0190…`)."""

    id: UUID
    title: str
    body: str
    subject: str
    created_at: datetime
    read_at: datetime | None


class SmsDelivery(RemoteModel):
    """One delivery to one recipient over one channel, as operators see it."""

    id: UUID
    channel: str
    state: str
    to: str | None
    text: str
    reason: str | None
    correlation: UUID
    created_at: datetime
    sent_at: datetime | None


async def fetch_inbox(page: PageContext, after: UUID | None = None) -> Page[InboxItem]:
    """Fetch the actor's inbox, newest first."""
    return await fetch_list(page, "/inbox", InboxItem, after=after, limit=30)


async def fetch_unread_count(page: PageContext) -> int:
    """Count the unread items of the actor's inbox."""
    count: int = (await call_service(page, "GET", "/inbox/unread"))["unread"]
    return count


async def mark_all_read(page: PageContext) -> None:
    """Mark the actor's whole inbox as read; a repeat changes nothing."""
    await call_service(page, "POST", "/inbox/read-all", {})


async def mark_read(page: PageContext, item_id: UUID) -> InboxItem:
    """Mark one item of the actor's inbox as read."""
    return InboxItem.model_validate(await call_service(page, "POST", f"/inbox/{item_id}/read", {}))


async def fetch_deliveries(
    page: PageContext, channel: str, after: UUID | None = None
) -> Page[SmsDelivery]:
    """Fetch the station's deliveries over `channel`, newest first."""
    return await fetch_list(page, "/deliveries", SmsDelivery, channel=channel, after=after)
