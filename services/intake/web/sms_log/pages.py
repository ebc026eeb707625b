"""The log of text messages, for operators of a station without an SMS contract."""

from uuid import UUID

from fastapi import Response

from services.intake.web.clients import notify
from services.intake.web.clients.base import or_none_if_unavailable
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter

pages = PageRouter()


@pages.get("/outgoing", policy="deliveries.read")
async def list_sms(page: CurrentPage, after: UUID | None = None) -> Response:
    """Show the text messages, newest first; a code is readable until it expires."""
    deliveries = await or_none_if_unavailable(notify.fetch_deliveries(page, "sms", after))
    return await page.show("sms_log.html", deliveries=deliveries)
