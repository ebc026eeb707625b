"""For operators: what the station would have sent by SMS, shown instead."""

from uuid import UUID

from fastapi import Response

from services.intake.web import service_clients
from services.intake.web.kit.page_context import Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.service_clients import if_there

pages = Pages()


@pages.get("/outgoing", policy="deliveries.read")
async def outgoing(screen: Shown, after: UUID | None = None) -> Response:
    """Text messages, newest first; a code can be read until it runs out."""
    found = await if_there(service_clients.outgoing(screen, "sms", after))
    return await screen.show("outgoing.html", found=found)
