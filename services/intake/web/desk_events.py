"""Joining and leaving events at the desk, for somebody who came or called."""

from uuid import UUID

from fastapi import Response

from services.intake.events import queries
from services.intake.events.models import State
from services.intake.events.queries import Seen, Wanted
from services.intake.residents import queries as residents
from services.intake.residents.models import Resident
from services.intake.web.outcomes import told
from services.intake.web.pages import Pages
from services.intake.web.screen import Screen, Shown
from shared.db import Page, Slice, sealer_of

pages = Pages()
LIST = 20
OPEN = Wanted(when="coming", states=(State.PUBLISHED,))


@pages.get("/desk/residents/{resident_id}/events", policy="register.read")
async def coming(
    screen: Shown,
    resident_id: UUID,
    after: UUID | None = None,
    done: str = "",
    event: UUID | None = None,
) -> Response:
    """The coming events with the resident's part in each; `done` is what was done with `event`."""
    who = screen.who
    found = await residents.resident(screen.tx, who.station, resident_id)
    events: Page[Seen] = await queries.listed(
        screen.tx, who.station, who.acting_for(resident_id), OPEN, Slice(after, LIST)
    )
    said = await _told(screen, found, done, event) if event else None
    return await screen.show("desk/events.html", resident=found, events=events, done=said)


async def _told(screen: Screen, resident: Resident, done: str, event: UUID) -> str | None:
    """What was done, with whether they hear of it: not by text message without a phone."""
    acting = screen.who.acting_for(resident.id)
    seen = await queries.get(screen.tx, acting.station, acting, event)
    if done == "joined-for" and resident.masked_phone(sealer_of(screen.tx)) is None:
        done = "joined-for-no-phone"
    return told(done, seen)
