"""Joining and leaving events at the desk, for somebody who came or called."""

from uuid import UUID

from fastapi import Response

from services.intake.events import queries
from services.intake.events.models import State
from services.intake.events.queries import Seen, Wanted
from services.intake.residents import queries as residents
from services.intake.residents.models import Resident
from services.intake.web.events.flash_messages import told
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from shared.db import Page, Slice, sealer_of

pages = Pages()
LIST = 20
OPEN = Wanted(when="coming", states=(State.PUBLISHED,))


@pages.get("/desk/residents/{resident_id}/events", policy="register.read")
async def coming(
    screen: Shown,
    resident_id: UUID,
    after: UUID | None = None,
    event: UUID | None = None,
    done: str = "",
) -> Response:
    """The coming events with the resident's part in each.

    First comes the `event` that they are here for; `done` is what was just done with it.
    """
    who = screen.who
    acting = who.acting_for(resident_id)
    found = await residents.resident(screen.tx, who.station, resident_id)
    about = await queries.get(screen.tx, who.station, acting, event) if event else None
    events: Page[Seen] = await queries.listed(
        screen.tx, who.station, acting, OPEN, Slice(after, LIST)
    )
    others = [seen for seen in events.items if seen.event.id != event]
    first = [about] if about and about.event.state == State.PUBLISHED else []
    return await screen.show(
        "desk/events.html",
        resident=found,
        events=[*first, *others],
        after=events.after,
        door=first[0].event if first else None,
        done=_told(screen, found, about, done) if about else None,
    )


def _told(screen: Screen, resident: Resident, seen: Seen, done: str) -> str | None:
    """What was done, and whether they hear of it: not by text message without a phone."""
    if done == "joined-for" and resident.masked_phone(sealer_of(screen.tx)) is None:
        done = "joined-for-no-phone"
    return told(done, seen)
