"""The staff's queue: wishes to review, deliveries to decide, volunteers to approve, own tasks."""

from uuid import UUID

from fastapi import Response

from services.intake.residents import queries as residents
from services.intake.web import service_clients
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter, read_submission_token
from services.intake.web.service_clients import VolunteerApplication, or_none_if_unavailable
from services.intake.wishes import queries
from services.intake.wishes.models import WishState
from services.intake.wishes.queries import WishFilter, WishForReader
from shared.db import Page

pages = PageRouter()
QUEUES = {
    "posted": WishFilter(states=(WishState.POSTED,)),
    "undecided": WishFilter(needs_decision=True),
    "own": WishFilter(states=(WishState.CLAIMED,), as_taker=True),
}


@pages.get("/review", policy="wishes.review")
async def queue(page: CurrentPage, done: str = "") -> Response:
    """Everything that waits for the staff."""
    found: Page[VolunteerApplication] | None = await or_none_if_unavailable(
        service_clients.fetch_applicants(page)
    )
    applicants = None if found is None else found.items
    queues: dict[str, Page[WishForReader]] = {
        name: await queries.list_wishes(page.tx, page.signed_in_actor, wanted)
        for name, wanted in QUEUES.items()
    }
    ids = [applicant.resident_id for applicant in applicants or []]
    people = await residents.people(page.tx, page.signed_in_actor.station, ids)
    return await page.show(
        "review.html", queues=queues, applicants=applicants, people=people, flash_key=done
    )


@pages.post("/review/volunteers/{volunteer_id}", policy="volunteers.approve", idempotent=False)
async def approve(page: CurrentPage, volunteer_id: UUID) -> Response:
    """Approve a volunteer; the volunteers service remembers that this tap was made."""
    key = await read_submission_token(page)
    await service_clients.call_service(page, "POST", f"/volunteers/{volunteer_id}/approve", {}, key)
    return page.redirect("/review?done=approved-volunteer")
