"""The first page: big buttons for what one comes for, and what is under way."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Response

from services.intake.events import queries as events
from services.intake.web import service_clients
from services.intake.web.kit.page_context import Screen, Shown
from services.intake.web.kit.page_router import Pages
from services.intake.web.service_clients import Duty, Standing, if_there
from services.intake.wishes import queries as wishes
from services.intake.wishes.models import State
from services.intake.wishes.queries import Wanted
from shared.auth import Role
from shared.db import Page, Slice

PATIENCE = 1.0
T = TypeVar("T")
pages = Pages()


@pages.get("/", policy="public")
async def home(screen: Shown) -> Response:
    """The first page of whoever looks."""
    if screen.actor is None:
        return await screen.show(
            "home.html", latest=None, coming=None, standing=None, unread=0, duties=0, waiting=0
        )
    standing, unread, duties = await _told(screen)
    latest, coming, waiting = None, None, 0
    if screen.who.at_desk:
        posted = Wanted(states=(State.POSTED,))
        waiting = len((await wishes.listed(screen.tx, screen.who, posted, limit=99)).items)
    elif screen.who.has(Role.RESIDENT):
        mine: Page[wishes.Seen] = await wishes.listed(
            screen.tx, screen.who, Wanted(mine=True), limit=1
        )
        latest = mine.items[0] if mine.items else None
        coming = await _next_event(screen)
    return await screen.show(
        "home.html",
        latest=latest,
        coming=coming,
        standing=standing,
        unread=unread,
        duties=len(duties.items) if duties else 0,
        waiting=waiting,
    )


async def _next_event(screen: Screen) -> events.Seen | None:
    """The next event in which whoever looks has a place."""
    wanted = events.Wanted(when="coming", expected=True)
    who = screen.who
    found: Page[events.Seen] = await events.listed(
        screen.tx, who.station, who, wanted, Slice(limit=1)
    )
    return found.items[0] if found.items else None


async def _told(screen: Screen) -> tuple[Standing | None, int | None, Page[Duty] | None]:
    """Points, unread lines and duties, as far as the others answer soon: they only adorn this."""
    has_points = screen.who.has(Role.RESIDENT, Role.PARTNER)
    standing, unread, duties = await asyncio.gather(
        _soon(service_clients.standing(screen)) if has_points else _nothing(),
        _soon(service_clients.unread(screen)),
        _soon(service_clients.duties(screen)) if screen.who.has(Role.RESIDENT) else _nothing(),
    )
    return standing, unread, duties


async def _soon(asked: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await if_there(asked)
    except TimeoutError:
        return None


async def _nothing() -> None:
    return None
