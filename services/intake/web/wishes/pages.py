"""The lists of wishes, and the page of one wish with its history."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.intake.photos.queries import list_visible_photos
from services.intake.web.kit.page_context import CurrentPage, FlashKey, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.wishes.available_actions import SUCCESS_MESSAGES, available_actions
from services.intake.wishes import queries
from services.intake.wishes.queries import WishFilter, WishForReader
from services.intake.wishes.states import WishState
from shared.auth import Role
from shared.pagination import Page

pages = PageRouter()
PAGE_SIZE = 20
WishTab = Literal["mine", "open", "taken", "all"]


@pages.get("/wishes", policy="wishes.list")
async def list_wishes(
    page: CurrentPage,
    tab: Annotated[WishTab | None, Query(alias="list")] = None,
    after: UUID | None = None,
) -> Response:
    """Show one of the reader's lists of wishes, newest first."""
    tabs = _tabs(page)
    tab = tab if tab in tabs else tabs[0]
    wishes: Page[WishForReader] = await queries.list_wishes(
        page.tx, page.signed_in_actor, _filter_for(tab), after, limit=PAGE_SIZE
    )
    return await page.show("wishes/list.html", tabs=tabs, tab=tab, wishes=wishes)


@pages.get("/wishes/{wish_id}", policy="wishes.list")
async def show_wish(page: CurrentPage, wish_id: UUID, flash_key: FlashKey = "") -> Response:
    """Show one wish, its history, and the actions that the reader may take."""
    item = await queries.get(page.tx, page.signed_in_actor, wish_id)
    history = await queries.list_transitions(page.tx, page.signed_in_actor, item.wish)
    return await page.show(
        "wishes/detail.html",
        item=item,
        photos=await list_visible_photos(page.tx, page.signed_in_actor, wish_id),
        history=history,
        actions=available_actions(item.wish, page.signed_in_actor),
        flash=SUCCESS_MESSAGES.get(flash_key),
    )


def _tabs(page: PageContext) -> list[WishTab]:
    """Return the lists that the reader may see; the first is the default."""
    actor = page.signed_in_actor
    tabs: list[WishTab] = []
    if actor.is_staff:
        return ["all", "open", "taken"]
    if actor.has(Role.RESIDENT):
        tabs.append("mine")
    if actor.has(Role.VOLUNTEER, Role.PARTNER):
        tabs += ["open", "taken"]
    return tabs or ["open"]


def _filter_for(tab: WishTab) -> WishFilter:
    return {
        "mine": WishFilter(mine=True),
        "open": WishFilter(states=(WishState.OPEN,)),
        "taken": WishFilter(as_taker=True),
        "all": WishFilter(),
    }[tab]
