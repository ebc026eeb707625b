"""The page on which the desk joins and leaves events on behalf of a resident."""

from uuid import UUID

from fastapi import Response

from services.intake.events import queries
from services.intake.events.models import EventState
from services.intake.events.queries import EventFilter, EventForReader
from services.intake.residents import queries as residents
from services.intake.residents.models import Resident
from services.intake.web.events.flash_messages import flash_message
from services.intake.web.kit.page_context import CurrentPage, FlashKey, PageContext
from services.intake.web.kit.page_router import PageRouter
from shared.db import sealer_of
from shared.pagination import Page, PageRequest

pages = PageRouter()
PAGE_SIZE = 20
JOINABLE_EVENTS = EventFilter(period="coming", states=(EventState.PUBLISHED,))


@pages.get("/desk/residents/{resident_id}/events", policy="register.read")
async def list_coming_events(
    page: CurrentPage,
    resident_id: UUID,
    after: UUID | None = None,
    event: UUID | None = None,
    flash_key: FlashKey = "",
) -> Response:
    """Show the coming events with the resident's participation in each.

    The event with the id `event` comes first; `flash_key` names the last action on it.
    """
    actor = page.signed_in_actor
    acting_actor = actor.acting_for(resident_id)
    resident = await residents.get_resident(page.tx, actor.station, resident_id)
    subject = await queries.get(page.tx, actor.station, acting_actor, event) if event else None
    events: Page[EventForReader] = await queries.list_events(
        page.tx, actor.station, acting_actor, JOINABLE_EVENTS, PageRequest(after, PAGE_SIZE)
    )
    others = [item for item in events.items if item.event.id != event]
    first = [subject] if subject and subject.event.state == EventState.PUBLISHED else []
    return await page.show(
        "desk/resident_events.html",
        resident=resident,
        events=[*first, *others],
        acting_actor=acting_actor,
        after=events.after,
        check_in_event=first[0].event if first else None,
        flash=_flash_text(page, resident, subject, flash_key) if subject else None,
    )


def _flash_text(
    page: PageContext, resident: Resident, item: EventForReader, flash_key: str
) -> str | None:
    """Return the flash message; it says if the resident has no phone for a text message."""
    if flash_key == "joined-for" and resident.masked_phone(sealer_of(page.tx)) is None:
        flash_key = "joined-for-no-phone"
    return flash_message(flash_key, item)
