"""The staff's queue: wishes to review, deliveries to decide, volunteers to approve, own tasks."""

from uuid import UUID

from fastapi import Response

from services.intake.residents import queries as residents
from services.intake.web import service_clients
from services.intake.web.kit.page_context import Shown
from services.intake.web.kit.page_router import Pages, key_of
from services.intake.web.service_clients import Application, if_there
from services.intake.wishes import queries
from services.intake.wishes.models import State
from services.intake.wishes.queries import Seen, Wanted
from shared.db import Page

pages = Pages()
QUEUES = {
    "posted": Wanted(states=(State.POSTED,)),
    "undecided": Wanted(needs_decision=True),
    "own": Wanted(states=(State.CLAIMED,), taken=True),
}


@pages.get("/review", policy="wishes.review")
async def queue(screen: Shown, done: str = "") -> Response:
    """Everything that waits for the staff."""
    found: Page[Application] | None = await if_there(service_clients.applicants(screen))
    applicants = None if found is None else found.items
    queues: dict[str, Page[Seen]] = {
        name: await queries.listed(screen.tx, screen.who, wanted) for name, wanted in QUEUES.items()
    }
    ids = [applicant.resident_id for applicant in applicants or []]
    people = await residents.people(screen.tx, screen.who.station, ids)
    return await screen.show(
        "review.html", queues=queues, applicants=applicants, people=people, done=done
    )


@pages.post("/review/volunteers/{volunteer_id}", policy="volunteers.approve", once=False)
async def approve(screen: Shown, volunteer_id: UUID) -> Response:
    """Approve a volunteer; the volunteers service remembers that this tap was made."""
    key = await key_of(screen)
    await service_clients.ask(screen, "POST", f"/volunteers/{volunteer_id}/approve", {}, key)
    return screen.go("/review?done=approved-volunteer")
