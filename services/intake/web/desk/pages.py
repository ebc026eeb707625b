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
from services.intake.web.kit.forms import Filled, filled
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.wishes.create import MakeWish
from services.intake.wishes import actions, queries
from services.intake.wishes.queries import Wanted
from shared.db import sealer_of
from shared.web.http import Body

pages = Pages()
B = TypeVar("B", bound=Body)
Short = Annotated[str, StringConstraints(max_length=20)]


class Search(Body):
    """Whom one looks for, perhaps because they want to take part in an event."""

    event: UUID | None = None


class ByPhone(Search):
    """Somebody's phone."""

    phone: Phone


class ByHome(Search):
    """A home."""

    building: Short
    unit: Annotated[int, Field(ge=1, le=100)]
    number: Short


@pages.get("/desk", policy="register.read")
async def desk(screen: Shown, event: UUID | None = None) -> Response:
    """Who is it? `event` is what they want to take part in."""
    said = {"event": str(event)} if event else {}
    return await _search(screen, Filled(values=said), Filled(values=said))


@pages.post("/desk/by-phone", policy="register.read", once=False)
async def by_phone(screen: Shown) -> Response:
    """The resident with that phone."""
    form = await filled(screen, ByPhone)
    if form.body is None:
        return await _search(screen, form, _other(form), status=422)
    found = await residents.by_phone(screen.tx, screen.who.station, form.body.phone)
    return await _search(screen, form, _other(form), [found] if found else [])


@pages.post("/desk/by-home", policy="register.read", once=False)
async def by_home(screen: Shown) -> Response:
    """The residents of that home."""
    form = await filled(screen, ByHome)
    if form.body is None:
        return await _search(screen, _other(form), form, status=422)
    home = residents.Address(form.body.building, form.body.unit, form.body.number)
    found = await residents.living_at(screen.tx, screen.who.station, home)
    return await _search(screen, _other(form), form, list(found))


@pages.get("/desk/residents/{resident_id}", policy="register.read")
async def resident(screen: Shown, resident_id: UUID) -> Response:
    """One resident, their wishes, and what can be done for them."""
    return await _resident_page(screen, resident_id, Filled())


@pages.post("/desk/residents/{resident_id}/wish", policy="wishes.post")
async def make_wish(screen: Shown, resident_id: UUID) -> Response:
    """Enter a wish on the resident's behalf."""
    form = await filled(screen, MakeWish)
    if form.body is None:
        return await _resident_page(screen, resident_id, form, 422)
    actor = screen.who.acting_for(resident_id)
    wish = await actions.post(screen.tx, actor, form.body.title, form.body.details or "")
    return screen.go(f"/wishes/{wish.id}/done")


@pages.post("/desk/residents/{resident_id}/slip", policy="slips.issue")
async def print_slip(screen: Shown, resident_id: UUID) -> Response:
    """A slip to print: the page is the only place that ever shows its code."""
    printed, slip = await sign_in.issue_slip(screen.tx, screen.who, resident_id)
    found = await residents.resident(screen.tx, screen.who.station, resident_id)
    address = screen.request.app.state.runtime.settings.public_url
    return await screen.show(
        "desk/slip.html", resident=found, code=printed, slip=slip, address=address
    )


def _other(form: Filled[B]) -> Filled[Any]:
    """The other form of the search, with what both are for."""
    return Filled(values={"event": form.value("event")})


async def _search(
    screen: Screen,
    phone: Filled[ByPhone],
    home: Filled[ByHome],
    found: list[Resident] | None = None,
    status: int = 200,
) -> Response:
    people = await residents.people(
        screen.tx, screen.who.station, [resident.id for resident in found or []]
    )
    return await screen.show(
        "desk/search.html", status, phone=phone, home=home, found=found, people=people
    )


async def _resident_page(
    screen: Screen, resident_id: UUID, form: Filled[MakeWish], status: int = 200
) -> Response:
    who = screen.who
    found = await residents.resident(screen.tx, who.station, resident_id)
    people = await residents.people(screen.tx, who.station, [resident_id])
    mine = await queries.listed(screen.tx, who.acting_for(resident_id), Wanted(mine=True), limit=20)
    return await screen.show(
        "desk/resident.html",
        status,
        resident=found,
        phone=found.masked_phone(sealer_of(screen.tx)),
        address=people[resident_id].home,
        party=await party.of_resident(screen.tx, who, resident_id),
        wishes=mine.items,
        form=form,
    )
