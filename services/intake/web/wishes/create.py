"""Making a wish: what it is, a look at it before it goes, and what happens next.

One needn't be signed in to begin: the phone is asked for at the end.
"""

from uuid import UUID

from fastapi import Response

from services.intake.web.kit import encrypted_cookies
from services.intake.web.kit.forms import Filled, filled
from services.intake.web.kit.page_context import Shown
from services.intake.web.kit.page_router import Pages
from services.intake.wishes import actions, queries
from services.intake.wishes.schemas import PostWish, Title, Words
from shared.errors import NotFound
from shared.language import N_
from shared.web.http import Body

pages = Pages()
COOKIE = "linli_wish"
TOO_LONG = N_("This is too long to be kept here; please shorten it, or come to the desk")


class MakeWish(Body):
    """A wish in a few words, and what helps to fulfil it."""

    title: Title
    details: Words | None = None


@pages.get("/wishes/new", policy="public")
async def ask(screen: Shown) -> Response:
    """What do you wish for?"""
    draft = encrypted_cookies.read(screen, COOKIE)
    form: Filled[MakeWish] = Filled(values=draft)
    return await screen.show("making/ask.html", form=form)


@pages.post("/wishes/new", policy="public", once=False)
async def keep(screen: Shown) -> Response:
    """Keep the draft on the device and show it once more."""
    form = await filled(screen, MakeWish)
    if form.body is not None:
        answer = screen.go("/wishes/new/check")
        if encrypted_cookies.remember(screen, answer, COOKIE, _said(form.body)):
            return answer
        form = form.wrong("details", TOO_LONG)
    return await screen.show("making/ask.html", 422, form=form)


@pages.get("/wishes/new/check", policy="public")
async def check(screen: Shown) -> Response:
    """Is this right?"""
    draft = encrypted_cookies.read(screen, COOKIE)
    if not draft.get("title"):
        return screen.go("/wishes/new")
    return await screen.show("making/check.html", draft=draft)


@pages.post("/wishes/new/check", policy="wishes.post")
async def send(screen: Shown) -> Response:
    """Make the wish of the draft."""
    draft = encrypted_cookies.read(screen, COOKIE)
    if screen.who.at_desk:
        return screen.go("/desk")
    if not draft.get("title"):
        return screen.go("/wishes/new")
    said = PostWish(title=draft["title"], details=draft.get("details") or "")
    wish = await actions.post(screen.tx, screen.who, said.title, said.details)
    answer = screen.go(f"/wishes/{wish.id}/done")
    encrypted_cookies.forget(answer, COOKIE)
    return answer


@pages.get("/wishes/{wish_id}/done", policy="wishes.post")
async def done(screen: Shown, wish_id: UUID) -> Response:
    """The wish's number, and what happens next."""
    seen = await queries.get(screen.tx, screen.who, wish_id)
    if not (seen.wish.made_by(screen.who) or screen.who.at_desk):
        raise NotFound
    return await screen.show("making/done.html", seen=seen)


def _said(body: MakeWish) -> dict[str, str]:
    return {"title": body.title, "details": body.details or ""}
