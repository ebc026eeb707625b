"""Joining and leaving events at the desk, for somebody who came or called."""

from uuid import UUID

from fastapi import Response

from services.intake.events import queries
from services.intake.events.queries import Seen, Wanted
from services.intake.residents import queries as residents
from services.intake.web.events import DONE
from services.intake.web.pages import Pages
from services.intake.web.screen import Shown
from shared.db import Page, Slice

pages = Pages()
LIST = 50


@pages.get("/desk/residents/{resident_id}/events", policy="register.read")
async def coming(screen: Shown, resident_id: UUID, done: str = "") -> Response:
    """The coming events with the resident's part in each."""
    who = screen.who
    found = await residents.resident(screen.tx, who.station, resident_id)
    acting = who.acting_for(resident_id)
    events: Page[Seen] = await queries.listed(
        screen.tx, who.station, acting, Wanted(when="coming"), Slice(limit=LIST)
    )
    open_now = [seen for seen in events.items if seen.event.state == "published"]
    return await screen.show(
        "desk/events.html", resident=found, events=open_now, done=DONE.get(done)
    )
