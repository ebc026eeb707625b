"""The first page: big buttons for what one comes for, and how the latest wish stands."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Response

from services.intake.web import elsewhere
from services.intake.web.elsewhere import Inbox, Standing, if_there
from services.intake.web.pages import Pages
from services.intake.web.screen import Screen, Shown
from services.intake.wishes import queries as wishes
from services.intake.wishes.models import State
from services.intake.wishes.queries import Wanted
from shared.auth import Role
from shared.db import Page

PATIENCE = 1.0
T = TypeVar("T")
pages = Pages()


@pages.get("/", policy="public")
async def home(screen: Shown) -> Response:
    """The first page of whoever looks."""
    if screen.actor is None:
        return await screen.show("home.html", latest=None, standing=None, inbox=None, waiting=0)
    standing, inbox = await _told(screen)
    latest, waiting = None, 0
    if screen.who.at_desk:
        posted = Wanted(states=(State.POSTED,))
        waiting = len((await wishes.listed(screen.tx, screen.who, posted, limit=99)).items)
    elif screen.who.has(Role.RESIDENT):
        mine: Page[wishes.Seen] = await wishes.listed(
            screen.tx, screen.who, Wanted(mine=True), limit=1
        )
        latest = mine.items[0] if mine.items else None
    return await screen.show(
        "home.html", latest=latest, standing=standing, inbox=inbox, waiting=waiting
    )


async def _told(screen: Screen) -> tuple[Standing | None, Inbox | None]:
    """Points and inbox, as far as the others answer soon: they only adorn this page."""
    has_points = screen.who.has(Role.RESIDENT, Role.PARTNER)
    standing, inbox = await asyncio.gather(
        _soon(elsewhere.standing(screen)) if has_points else _nothing(),
        _soon(elsewhere.inbox(screen, limit=1)),
    )
    return standing, inbox


async def _soon(asked: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await if_there(asked)
    except TimeoutError:
        return None


async def _nothing() -> None:
    return None
