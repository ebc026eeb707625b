"""The desk: finding a resident, and making a wish or printing a slip on their behalf."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from services.intake.party import queries as party
from services.intake.phones import Phone
from services.intake.register.queries import Address
from services.intake.residents import queries as residents
from services.intake.residents.models import Resident
from services.intake.settings import SETTINGS
from services.intake.sign_in import actions as sign_in
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.wishes.create import WishForm
from services.intake.wishes import actions, queries
from services.intake.wishes.queries import WishFilter
from shared.db import sealer_of
from shared.web.http import RequestModel

pages = PageRouter()
B = TypeVar("B", bound=RequestModel)
Short = Annotated[str, StringConstraints(max_length=20)]


class ResidentSearch(RequestModel):
    """A search for a resident; `event` is the event that they want to join."""

    event: UUID | None = None


class SearchByPhone(ResidentSearch):
    """A search for a resident by phone."""

    phone: Phone


class SearchByHome(ResidentSearch):
    """A search for residents by home."""

    building: Short
    unit: Annotated[int, Field(ge=1, le=100)]
    number: Short


@pages.get("/desk", policy="register.read")
async def show_search(page: CurrentPage, event: UUID | None = None) -> Response:
    """Show the search for a resident; `event` is the event that they want to join."""
    values = {"event": str(event)} if event else {}
    return await _search_page(page, BoundForm(values=values), BoundForm(values=values))


@pages.post("/desk/by-phone", policy="register.read", idempotent=False)
async def search_by_phone(page: CurrentPage) -> Response:
    """Find the resident with that phone."""
    form = await parse_form(page, SearchByPhone)
    if form.body is None:
        return await _search_page(page, form, _other_form(form), status=422)
    match = await residents.find_by_phone(page.tx, page.signed_in_actor.station, form.body.phone)
    return await _search_page(page, form, _other_form(form), [match] if match else [])


@pages.post("/desk/by-home", policy="register.read", idempotent=False)
async def search_by_home(page: CurrentPage) -> Response:
    """Find the residents of that home."""
    form = await parse_form(page, SearchByHome)
    if form.body is None:
        return await _search_page(page, _other_form(form), form, status=422)
    home = Address(form.body.building, form.body.unit, form.body.number)
    matches = await residents.list_residents_at(page.tx, page.signed_in_actor.station, home)
    return await _search_page(page, _other_form(form), form, list(matches))


@pages.get("/desk/residents/{resident_id}", policy="register.read")
async def show_resident(page: CurrentPage, resident_id: UUID) -> Response:
    """Show a resident, their wishes, and what the desk can do for them."""
    return await _resident_page(page, resident_id, BoundForm())


@pages.post("/desk/residents/{resident_id}/wish", policy="wishes.post")
async def make_wish(page: CurrentPage, resident_id: UUID) -> Response:
    """Make a wish on the resident's behalf."""
    form = await parse_form(page, WishForm)
    if form.body is None:
        return await _resident_page(page, resident_id, form, 422)
    actor = page.signed_in_actor.acting_for(resident_id)
    wish = await actions.post(page.tx, actor, form.body.title, form.body.details or "")
    return page.redirect(f"/wishes/{wish.id}/done")


@pages.post("/desk/residents/{resident_id}/slip", policy="slips.issue")
async def print_slip(page: CurrentPage, resident_id: UUID) -> Response:
    """Issue a slip to print; its code is shown on this page and nowhere else."""
    code, slip = await sign_in.issue_slip(page.tx, page.signed_in_actor, resident_id)
    resident = await residents.get_resident(page.tx, page.signed_in_actor.station, resident_id)
    address = SETTINGS.get(page.request.app.state).public_url
    return await page.show(
        "desk/slip.html", resident=resident, code=code, slip=slip, address=address
    )


def _other_form(form: BoundForm[B]) -> BoundForm[Any]:
    """Return the other form of the search, for the same event."""
    return BoundForm(values={"event": form.value("event")})


async def _search_page(
    page: PageContext,
    phone: BoundForm[SearchByPhone],
    home: BoundForm[SearchByHome],
    matches: list[Resident] | None = None,
    status: int = 200,
) -> Response:
    people = await residents.load_people(
        page.tx, page.signed_in_actor.station, [resident.id for resident in matches or []]
    )
    return await page.show(
        "desk/search.html", status, phone=phone, home=home, matches=matches, people=people
    )


async def _resident_page(
    page: PageContext, resident_id: UUID, form: BoundForm[WishForm], status: int = 200
) -> Response:
    actor = page.signed_in_actor
    resident = await residents.get_resident(page.tx, actor.station, resident_id)
    people = await residents.load_people(page.tx, actor.station, [resident_id])
    wishes = await queries.list_wishes(
        page.tx, actor.acting_for(resident_id), WishFilter(mine=True), limit=20
    )
    return await page.show(
        "desk/resident.html",
        status,
        resident=resident,
        phone=resident.masked_phone(sealer_of(page.tx)),
        address=people[resident_id].home,
        party=await party.get_by_resident(page.tx, actor, resident_id),
        wishes=wishes.items,
        form=form,
    )
