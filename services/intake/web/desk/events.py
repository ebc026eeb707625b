"""Joining and leaving events at the desk, for somebody who came or called."""

from uuid import UUID

from fastapi import Response

from services.intake.events import queries
from services.intake.events.models import EventState
from services.intake.events.queries import EventFilter, EventForReader
from services.intake.residents import queries as residents
from services.intake.residents.models import Resident
from services.intake.web.events.flash_messages import flash_message
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.db import Page, PageRequest, sealer_of

pages = PageRouter()
PAGE_SIZE = 20
JOINABLE_EVENTS = EventFilter(period="coming", states=(EventState.PUBLISHED,))


@pages.get("/desk/residents/{resident_id}/events", policy="register.read")
async def list_coming_events(
    page: CurrentPage,
    resident_id: UUID,
    after: UUID | None = None,
    event: UUID | None = None,
    done: str = "",
) -> Response:
    """The coming events with the resident's part in each.

    First comes the `event` that they are here for; `done` is what was just done with it.
    """
    who = page.signed_in_actor
    acting = who.acting_for(resident_id)
    found = await residents.get_resident(page.tx, who.station, resident_id)
    about = await queries.get(page.tx, who.station, acting, event) if event else None
    events: Page[EventForReader] = await queries.list_events(
        page.tx, who.station, acting, JOINABLE_EVENTS, PageRequest(after, PAGE_SIZE)
    )
    others = [seen for seen in events.items if seen.event.id != event]
    first = [about] if about and about.event.state == EventState.PUBLISHED else []
    return await page.show(
        "desk/events.html",
        resident=found,
        events=[*first, *others],
        after=events.after,
        door=first[0].event if first else None,
        flash=_flash_text(page, found, about, done) if about else None,
    )


def _flash_text(
    page: PageContext, resident: Resident, item: EventForReader, flash_key: str
) -> str | None:
    """What was done, and whether they hear of it: not by text message without a phone."""
    if flash_key == "joined-for" and resident.masked_phone(sealer_of(page.tx)) is None:
        flash_key = "joined-for-no-phone"
    return flash_message(flash_key, item)
