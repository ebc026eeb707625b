"""Making a wish: what it is, a look at it before it goes, and what happens next.

One needn't be signed in to begin: the phone is asked for at the end.
"""

from uuid import UUID

from fastapi import Response

from services.intake.web.kit import encrypted_cookies
from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage
from services.intake.web.kit.page_router import PageRouter
from services.intake.wishes import actions, queries
from services.intake.wishes.schemas import FreeText, PostWish, Title
from shared.errors import NotFound
from shared.language import N_
from shared.web.http import RequestModel

pages = PageRouter()
COOKIE = "linli_wish"
DRAFT_TOO_LONG = N_("This is too long to be kept here; please shorten it, or come to the desk")


class WishForm(RequestModel):
    """A wish in a few words, and what helps to fulfil it."""

    title: Title
    details: FreeText | None = None


@pages.get("/wishes/new", policy="public")
async def ask(page: CurrentPage) -> Response:
    """What do you wish for?"""
    draft = encrypted_cookies.read(page, COOKIE)
    form: BoundForm[WishForm] = BoundForm(values=draft)
    return await page.show("making/ask.html", form=form)


@pages.post("/wishes/new", policy="public", idempotent=False)
async def save_draft(page: CurrentPage) -> Response:
    """Keep the draft on the device and show it once more."""
    form = await parse_form(page, WishForm)
    if form.body is not None:
        answer = page.redirect("/wishes/new/check")
        if encrypted_cookies.write(page, answer, COOKIE, _draft_values(form.body)):
            return answer
        form = form.with_error("details", DRAFT_TOO_LONG)
    return await page.show("making/ask.html", 422, form=form)


@pages.get("/wishes/new/check", policy="public")
async def check(page: CurrentPage) -> Response:
    """Is this right?"""
    draft = encrypted_cookies.read(page, COOKIE)
    if not draft.get("title"):
        return page.redirect("/wishes/new")
    return await page.show("making/check.html", draft=draft)


@pages.post("/wishes/new/check", policy="wishes.post")
async def send(page: CurrentPage) -> Response:
    """Make the wish of the draft."""
    draft = encrypted_cookies.read(page, COOKIE)
    if page.signed_in_actor.is_staff:
        return page.redirect("/desk")
    if not draft.get("title"):
        return page.redirect("/wishes/new")
    said = PostWish(title=draft["title"], details=draft.get("details") or "")
    wish = await actions.post(page.tx, page.signed_in_actor, said.title, said.details)
    answer = page.redirect(f"/wishes/{wish.id}/done")
    encrypted_cookies.delete(answer, COOKIE)
    return answer


@pages.get("/wishes/{wish_id}/done", policy="wishes.post")
async def show_posted_wish(page: CurrentPage, wish_id: UUID) -> Response:
    """The wish's number, and what happens next."""
    seen = await queries.get(page.tx, page.signed_in_actor, wish_id)
    if not (seen.wish.is_owner(page.signed_in_actor) or page.signed_in_actor.is_staff):
        raise NotFound
    return await page.show("making/done.html", item=seen)


def _draft_values(body: WishForm) -> dict[str, str]:
    return {"title": body.title, "details": body.details or ""}
