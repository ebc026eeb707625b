"""The staff's queue: wishes to review, deliveries to decide, volunteers to approve, own tasks."""

from uuid import UUID

from fastapi import Response

from services.intake.residents import queries as residents
from services.intake.web.clients import volunteers
from services.intake.web.clients.base import or_none_if_unavailable
from services.intake.web.kit.page_context import CurrentPage, FlashKey
from services.intake.web.kit.page_router import PageRouter, read_submission_token
from services.intake.wishes import queries
from services.intake.wishes.queries import WishFilter, WishForReader
from services.intake.wishes.states import WishState
from shared.pagination import Page

pages = PageRouter()
QUEUES = {
    "posted": WishFilter(states=(WishState.POSTED,)),
    "undecided": WishFilter(needs_decision=True),
    "own": WishFilter(states=(WishState.CLAIMED,), as_taker=True),
}


@pages.get("/review", policy="wishes.review")
async def show_queue(page: CurrentPage, flash_key: FlashKey = "") -> Response:
    """Show everything that waits for the staff."""
    applications = await or_none_if_unavailable(volunteers.fetch_applicants(page))
    applicants = None if applications is None else applications.items
    queues: dict[str, Page[WishForReader]] = {
        name: await queries.list_wishes(page.tx, page.signed_in_actor, filter_)
        for name, filter_ in QUEUES.items()
    }
    ids = [applicant.resident_id for applicant in applicants or []]
    people = await residents.load_people(page.tx, page.signed_in_actor.station, ids)
    return await page.show(
        "staff_queue.html",
        queues=queues,
        applicants=applicants,
        people=people,
        flash_key=flash_key,
    )


@pages.post("/review/volunteers/{volunteer_id}", policy="volunteers.approve", idempotent=False)
async def approve(page: CurrentPage, volunteer_id: UUID) -> Response:
    """Approve a volunteer; the volunteers service makes a repeat of the form change nothing."""
    await volunteers.approve(page, volunteer_id, await read_submission_token(page))
    return page.redirect("/review?done=approved-volunteer")
