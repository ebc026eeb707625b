"""The page and the form of each act on a wish that takes at most a few words."""

from uuid import UUID

from fastapi import Response

from services.intake.web.kit.forms import Filled, filled
from services.intake.web.kit.page_context import Screen, Shown, own_path
from services.intake.web.kit.page_router import Pages
from services.intake.web.wishes.available_actions import ACTS, Act, Do
from services.intake.wishes import queries
from services.intake.wishes.schemas import Words
from shared.auth import Actor
from shared.errors import NotFound
from shared.web.http import Body

pages = Pages()


class Doing(Body):
    """An act without words, or with some; `behalf` is for the desk, `back` for where it began."""

    text: Words | None = None
    behalf: bool = False
    back: str = ""


class Explained(Doing):
    """An act that needs words."""

    text: Words


def add(act: Act, perform: Do) -> None:
    """Add the page and the form of an act."""

    async def ask(screen: Shown, wish_id: UUID, behalf: bool = False, back: str = "") -> Response:
        values = {"behalf": "true" if behalf else "", "back": own_path(back, "")}
        return await _page(screen, act, wish_id, Filled(values=values))

    async def do(screen: Shown, wish_id: UUID) -> Response:
        form: Filled[Doing] = await filled(screen, Explained if act.ask else Doing)
        if form.body is None:
            return await _page(screen, act, wish_id, form, 422)
        actor = await acting(screen, wish_id, form.body.behalf)
        await perform(screen.tx, actor, wish_id, form.body.text or "")
        return screen.go(own_path(form.body.back, f"/wishes/{wish_id}?done={act.name}"))

    if act.title:
        pages.get(f"/wishes/{{wish_id}}/{act.name}", policy=act.policy)(ask)
    pages.post(f"/wishes/{{wish_id}}/{act.name}", policy=act.policy)(do)


for each in ACTS:
    if each.do is not None:
        add(each, each.do)


async def _page(
    screen: Screen, act: Act, wish_id: UUID, form: Filled[Doing], status: int = 200
) -> Response:
    seen = await queries.get(screen.tx, screen.who, wish_id)
    return await screen.show("wishes/act.html", status, seen=seen, act=act, form=form, photos=())


async def acting(screen: Screen, wish_id: UUID, behalf: bool) -> Actor:
    """Who acts: at the desk perhaps for the one who made the wish."""
    if not behalf:
        return screen.who
    if not screen.who.at_desk:
        raise NotFound
    wish = (await queries.get(screen.tx, screen.who, wish_id)).wish
    return screen.who.acting_for(wish.resident_id)
