"""The desk: a walk-in or a caller is found, and what they want is entered on their behalf."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Response
from pydantic import Field, StringConstraints

from services.intake.party import queries as party
from services.intake.residents import queries as residents
from services.intake.residents.models import Resident
from services.intake.residents.phones import Phone
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
    """Whom one looks for, perhaps because they want to take part in an event."""

    event: UUID | None = None


class SearchByPhone(ResidentSearch):
    """Somebody's phone."""

    phone: Phone


class SearchByHome(ResidentSearch):
    """A home."""

    building: Short
    unit: Annotated[int, Field(ge=1, le=100)]
    number: Short


@pages.get("/desk", policy="register.read")
async def desk(page: CurrentPage, event: UUID | None = None) -> Response:
    """Who is it? `event` is what they want to take part in."""
    said = {"event": str(event)} if event else {}
    return await _search_page(page, BoundForm(values=said), BoundForm(values=said))


@pages.post("/desk/by-phone", policy="register.read", idempotent=False)
async def search_by_phone(page: CurrentPage) -> Response:
    """The resident with that phone."""
    form = await parse_form(page, SearchByPhone)
    if form.body is None:
        return await _search_page(page, form, _other_form(form), status=422)
    found = await residents.find_by_phone(page.tx, page.signed_in_actor.station, form.body.phone)
    return await _search_page(page, form, _other_form(form), [found] if found else [])


@pages.post("/desk/by-home", policy="register.read", idempotent=False)
async def search_by_home(page: CurrentPage) -> Response:
    """The residents of that home."""
    form = await parse_form(page, SearchByHome)
    if form.body is None:
        return await _search_page(page, _other_form(form), form, status=422)
    home = residents.Address(form.body.building, form.body.unit, form.body.number)
    found = await residents.residents_at(page.tx, page.signed_in_actor.station, home)
    return await _search_page(page, _other_form(form), form, list(found))


@pages.get("/desk/residents/{resident_id}", policy="register.read")
async def resident(page: CurrentPage, resident_id: UUID) -> Response:
    """One resident, their wishes, and what can be done for them."""
    return await _resident_page(page, resident_id, BoundForm())


@pages.post("/desk/residents/{resident_id}/wish", policy="wishes.post")
async def make_wish(page: CurrentPage, resident_id: UUID) -> Response:
    """Enter a wish on the resident's behalf."""
    form = await parse_form(page, WishForm)
    if form.body is None:
        return await _resident_page(page, resident_id, form, 422)
    actor = page.signed_in_actor.acting_for(resident_id)
    wish = await actions.post(page.tx, actor, form.body.title, form.body.details or "")
    return page.redirect(f"/wishes/{wish.id}/done")


@pages.post("/desk/residents/{resident_id}/slip", policy="slips.issue")
async def print_slip(page: CurrentPage, resident_id: UUID) -> Response:
    """A slip to print: the page is the only place that ever shows its code."""
    printed, slip = await sign_in.issue_slip(page.tx, page.signed_in_actor, resident_id)
    found = await residents.get_resident(page.tx, page.signed_in_actor.station, resident_id)
    address = page.request.app.state.runtime.settings.public_url
    return await page.show(
        "desk/slip.html", resident=found, code=printed, slip=slip, address=address
    )


def _other_form(form: BoundForm[B]) -> BoundForm[Any]:
    """The other form of the search, with what both are for."""
    return BoundForm(values={"event": form.value("event")})


async def _search_page(
    page: PageContext,
    phone: BoundForm[SearchByPhone],
    home: BoundForm[SearchByHome],
    matches: list[Resident] | None = None,
    status: int = 200,
) -> Response:
    people = await residents.people(
        page.tx, page.signed_in_actor.station, [resident.id for resident in matches or []]
    )
    return await page.show(
        "desk/search.html", status, phone=phone, home=home, matches=matches, people=people
    )


async def _resident_page(
    page: PageContext, resident_id: UUID, form: BoundForm[WishForm], status: int = 200
) -> Response:
    who = page.signed_in_actor
    found = await residents.get_resident(page.tx, who.station, resident_id)
    people = await residents.people(page.tx, who.station, [resident_id])
    mine = await queries.list_wishes(
        page.tx, who.acting_for(resident_id), WishFilter(mine=True), limit=20
    )
    return await page.show(
        "desk/resident.html",
        status,
        resident=found,
        phone=found.masked_phone(sealer_of(page.tx)),
        address=people[resident_id].home,
        party=await party.of_resident(page.tx, who, resident_id),
        wishes=mine.items,
        form=form,
    )
