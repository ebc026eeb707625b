"""Wishes: one's own, the open ones, those one took; and one wish with its way so far."""

from typing import Literal
from uuid import UUID

from fastapi import Response

from services.intake.photos.queries import photos_of_wish
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.wishes.available_actions import SUCCESS_MESSAGES, available_actions
from services.intake.wishes import queries
from services.intake.wishes.models import WishState
from services.intake.wishes.queries import WishFilter, WishForReader
from shared.auth import Role
from shared.db import Page

pages = PageRouter()
PAGE_SIZE = 20
WishTab = Literal["mine", "open", "taken", "all"]


@pages.get("/wishes", policy="wishes.list")
async def list_wishes(
    page: CurrentPage, list: WishTab | None = None, after: UUID | None = None
) -> Response:
    """A list of wishes, newest first."""
    kinds = _kinds(page)
    kind = list if list in kinds else kinds[0]
    found: Page[WishForReader] = await queries.list_wishes(
        page.tx, page.signed_in_actor, _filter_for(kind), after, limit=PAGE_SIZE
    )
    return await page.show("wishes/list.html", kinds=kinds, kind=kind, wishes=found)


@pages.get("/wishes/{wish_id}", policy="wishes.list")
async def show_wish(page: CurrentPage, wish_id: UUID, done: str = "") -> Response:
    """One wish, the steps that it took, and what the reader can do with it."""
    seen = await queries.get(page.tx, page.signed_in_actor, wish_id)
    steps = await queries.list_transitions(page.tx, page.signed_in_actor, seen.wish)
    return await page.show(
        "wishes/one.html",
        item=seen,
        photos=await photos_of_wish(page.tx, page.signed_in_actor, wish_id),
        steps=steps,
        actions=available_actions(seen.wish, page.signed_in_actor),
        flash=SUCCESS_MESSAGES.get(done),
    )


def _kinds(page: PageContext) -> list[WishTab]:
    """Which lists there are for the reader; the first is shown first."""
    who = page.signed_in_actor
    kinds: list[WishTab] = []
    if who.is_staff:
        return ["all", "open", "taken"]
    if who.has(Role.RESIDENT):
        kinds.append("mine")
    if who.has(Role.VOLUNTEER, Role.PARTNER):
        kinds += ["open", "taken"]
    return kinds or ["open"]


def _filter_for(kind: WishTab) -> WishFilter:
    return {
        "mine": WishFilter(mine=True),
        "open": WishFilter(states=(WishState.OPEN,)),
        "taken": WishFilter(as_taker=True),
        "all": WishFilter(),
    }[kind]
