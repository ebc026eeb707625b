"""The steps to make a wish: the form, the check, and the confirmation.

The form is public; signing in comes after it.
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
    """The title of a wish, and the details that help to fulfil it."""

    title: Title
    details: FreeText | None = None


@pages.get("/wishes/new", policy="public")
async def show_form(page: CurrentPage) -> Response:
    """Show the form of a wish, with the draft."""
    draft = encrypted_cookies.read(page, COOKIE)
    form: BoundForm[WishForm] = BoundForm(values=draft)
    return await page.show("create/form.html", form=form)


@pages.post("/wishes/new", policy="public", idempotent=False)
async def save_draft(page: CurrentPage) -> Response:
    """Store the draft in a cookie and go on to the check."""
    form = await parse_form(page, WishForm)
    if form.body is not None:
        response = page.redirect("/wishes/new/check")
        if encrypted_cookies.write(page, response, COOKIE, _draft_values(form.body)):
            return response
        form = form.with_error("details", DRAFT_TOO_LONG)
    return await page.show("create/form.html", 422, form=form)


@pages.get("/wishes/new/check", policy="public")
async def show_check(page: CurrentPage) -> Response:
    """Show the draft for a last check."""
    draft = encrypted_cookies.read(page, COOKIE)
    if not draft.get("title"):
        return page.redirect("/wishes/new")
    return await page.show("create/check.html", draft=draft)


@pages.post("/wishes/new/check", policy="wishes.post")
async def post_wish(page: CurrentPage) -> Response:
    """Post the wish of the draft."""
    draft = encrypted_cookies.read(page, COOKIE)
    if page.signed_in_actor.is_staff:
        return page.redirect("/desk")
    if not draft.get("title"):
        return page.redirect("/wishes/new")
    body = PostWish(title=draft["title"], details=draft.get("details") or "")
    wish = await actions.post(page.tx, page.signed_in_actor, body.title, body.details)
    response = page.redirect(f"/wishes/{wish.id}/done")
    encrypted_cookies.delete(response, COOKIE)
    return response


@pages.get("/wishes/{wish_id}/done", policy="wishes.post")
async def show_posted_wish(page: CurrentPage, wish_id: UUID) -> Response:
    """Show the number of a posted wish, and what happens next."""
    item = await queries.get(page.tx, page.signed_in_actor, wish_id)
    if not (item.wish.is_owner(page.signed_in_actor) or page.signed_in_actor.is_staff):
        raise NotFound
    return await page.show("create/posted.html", item=item)


def _draft_values(body: WishForm) -> dict[str, str]:
    return {"title": body.title, "details": body.details or ""}
