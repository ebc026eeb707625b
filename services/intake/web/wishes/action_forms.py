"""The page and the form of each action on a wish that needs at most a text."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.intake.web.kit.forms import BoundForm, parse_form
from services.intake.web.kit.page_context import CurrentPage, PageContext, safe_redirect_path
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.wishes.available_actions import ACTIONS, ActionHandler, WishAction
from services.intake.wishes import queries
from services.intake.wishes.schemas import FreeText
from shared.auth import Actor
from shared.errors import NotFound
from shared.web.http import RequestModel

pages = PageRouter()
# Whether the desk acts for the owner of the wish.
OnBehalf = Annotated[bool, Query(alias="behalf")]


class ActionForm(RequestModel):
    """The form of an action; `back` is the page to return to."""

    text: FreeText | None = None
    on_behalf: bool = Field(False, alias="behalf")
    back: str = ""


class ActionFormWithReason(ActionForm):
    """The form of an action that requires a text."""

    text: FreeText


def add_action(action: WishAction, handler: ActionHandler) -> None:
    """Add the page and the form of `action`, which `handler` carries out."""

    async def ask(
        page: CurrentPage, wish_id: UUID, on_behalf: OnBehalf = False, back: str = ""
    ) -> Response:
        values = {"behalf": "true" if on_behalf else "", "back": safe_redirect_path(back, "")}
        return await _page(page, action, wish_id, BoundForm(values=values))

    async def submit(page: CurrentPage, wish_id: UUID) -> Response:
        form: BoundForm[ActionForm] = await parse_form(
            page, ActionFormWithReason if action.required_text_label else ActionForm
        )
        if form.body is None:
            return await _page(page, action, wish_id, form, 422)
        actor = await acting_actor(page, wish_id, form.body.on_behalf)
        await handler(page.tx, actor, wish_id, form.body.text or "")
        return page.redirect(
            safe_redirect_path(form.body.back, f"/wishes/{wish_id}?done={action.name}")
        )

    if action.title:
        pages.get(f"/wishes/{{wish_id}}/{action.name}", policy=action.policy)(ask)
    pages.post(f"/wishes/{{wish_id}}/{action.name}", policy=action.policy)(submit)


for available in ACTIONS:
    if available.handler is not None:
        add_action(available, available.handler)


async def _page(
    page: PageContext,
    action: WishAction,
    wish_id: UUID,
    form: BoundForm[ActionForm],
    status: int = 200,
) -> Response:
    item = await queries.get(page.tx, page.signed_in_actor, wish_id)
    return await page.show(
        "wishes/action.html", status, item=item, action=action, form=form, photos=()
    )


async def acting_actor(page: PageContext, wish_id: UUID, on_behalf: bool) -> Actor:
    """Return the actor, for `on_behalf` the desk acting for the owner of the wish.

    Raises: NotFound.
    """
    if not on_behalf:
        return page.signed_in_actor
    if not page.signed_in_actor.is_staff:
        raise NotFound
    wish = (await queries.get(page.tx, page.signed_in_actor, wish_id)).wish
    return page.signed_in_actor.acting_for(wish.resident_id)
