"""For operators: what the station would have sent by SMS, shown instead."""

from uuid import UUID

from fastapi import Response

from services.intake.web import elsewhere
from services.intake.web.elsewhere import if_there
from services.intake.web.pages import Pages
from services.intake.web.screen import Shown

pages = Pages()


@pages.get("/outgoing", policy="deliveries.read")
async def outgoing(screen: Shown, after: UUID | None = None) -> Response:
    """Text messages, newest first; a code can be read until it runs out."""
    found = await if_there(elsewhere.outgoing(screen, "sms", after))
    return await screen.show("outgoing.html", found=found)
