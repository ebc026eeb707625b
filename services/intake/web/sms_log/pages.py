"""For operators: what the station would have sent by SMS, shown instead."""

from uuid import UUID

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.service_clients import or_none_if_unavailable

pages = PageRouter()


@pages.get("/outgoing", policy="deliveries.read")
async def list_sms(page: CurrentPage, after: UUID | None = None) -> Response:
    """Text messages, newest first; a code can be read until it runs out."""
    found = await or_none_if_unavailable(service_clients.fetch_deliveries(page, "sms", after))
    return await page.show("outgoing.html", deliveries=found)
