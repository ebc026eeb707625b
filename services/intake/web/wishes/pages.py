"""Wishes: one's own, the open ones, those one took; and one wish with its way so far."""

from typing import Literal
from uuid import UUID

from fastapi import Response

from services.intake.photos.queries import of_wish
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.wishes.available_actions import DONE, offered
from services.intake.wishes import queries
from services.intake.wishes.models import State
from services.intake.wishes.queries import Seen, Wanted
from shared.auth import Role
from shared.db import Page

pages = Pages()
LIST = 20
Kind = Literal["mine", "open", "taken", "all"]


@pages.get("/wishes", policy="wishes.list")
async def listed(screen: Shown, list: Kind | None = None, after: UUID | None = None) -> Response:
    """A list of wishes, newest first."""
    kinds = _kinds(screen)
    kind = list if list in kinds else kinds[0]
    found: Page[Seen] = await queries.listed(
        screen.tx, screen.who, _wanted(kind), after, limit=LIST
    )
    return await screen.show("wishes/list.html", kinds=kinds, kind=kind, found=found)


@pages.get("/wishes/{wish_id}", policy="wishes.list")
async def one(screen: Shown, wish_id: UUID, done: str = "") -> Response:
    """One wish, the steps that it took, and what the reader can do with it."""
    seen = await queries.get(screen.tx, screen.who, wish_id)
    steps = await queries.steps(screen.tx, screen.who, seen.wish)
    return await screen.show(
        "wishes/one.html",
        seen=seen,
        photos=await of_wish(screen.tx, screen.who, wish_id),
        steps=steps,
        acts=offered(seen.wish, screen.who),
        done=DONE.get(done),
    )


def _kinds(screen: Screen) -> list[Kind]:
    """Which lists there are for the reader; the first is shown first."""
    who = screen.who
    kinds: list[Kind] = []
    if who.at_desk:
        return ["all", "open", "taken"]
    if who.has(Role.RESIDENT):
        kinds.append("mine")
    if who.has(Role.VOLUNTEER, Role.PARTNER):
        kinds += ["open", "taken"]
    return kinds or ["open"]


def _wanted(kind: Kind) -> Wanted:
    return {
        "mine": Wanted(mine=True),
        "open": Wanted(states=(State.OPEN,)),
        "taken": Wanted(taken=True),
        "all": Wanted(),
    }[kind]
