"""The first page: big buttons for what one comes for, and what is under way."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Response

from services.intake.events import queries as events
from services.intake.web import service_clients
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.web.service_clients import Duty, PointsBalance, or_none_if_unavailable
from services.intake.wishes import queries as wishes
from services.intake.wishes.models import WishState
from services.intake.wishes.queries import WishFilter
from shared.auth import Role
from shared.db import Page, PageRequest

SERVICE_TIMEOUT_SECONDS = 1.0
T = TypeVar("T")
pages = PageRouter()


@pages.get("/", policy="public")
async def home(page: CurrentPage) -> Response:
    """The first page of whoever looks."""
    if page.actor is None:
        return await page.show(
            "home.html",
            latest=None,
            coming=None,
            points_balance=None,
            unread=0,
            duties=0,
            waiting=0,
        )
    standing, unread, duties = await _fetch_summary(page)
    latest, coming, waiting = None, None, 0
    if page.signed_in_actor.is_staff:
        posted = WishFilter(states=(WishState.POSTED,))
        waiting = len(
            (await wishes.list_wishes(page.tx, page.signed_in_actor, posted, limit=99)).items
        )
    elif page.signed_in_actor.has(Role.RESIDENT):
        mine: Page[wishes.WishForReader] = await wishes.list_wishes(
            page.tx, page.signed_in_actor, WishFilter(mine=True), limit=1
        )
        latest = mine.items[0] if mine.items else None
        coming = await _next_event(page)
    return await page.show(
        "home.html",
        latest=latest,
        coming=coming,
        points_balance=standing,
        unread=unread,
        duties=len(duties.items) if duties else 0,
        waiting=waiting,
    )


async def _next_event(page: PageContext) -> events.EventForReader | None:
    """The next event in which whoever looks has a place."""
    wanted = events.EventFilter(period="coming", expected=True)
    who = page.signed_in_actor
    found: Page[events.EventForReader] = await events.list_events(
        page.tx, who.station, who, wanted, PageRequest(limit=1)
    )
    return found.items[0] if found.items else None


async def _fetch_summary(
    page: PageContext,
) -> tuple[PointsBalance | None, int | None, Page[Duty] | None]:
    """Points, unread lines and duties, as far as the others answer soon: they only adorn this."""
    has_points = page.signed_in_actor.has(Role.RESIDENT, Role.PARTNER)
    standing, unread, duties = await asyncio.gather(
        _with_deadline(service_clients.fetch_balance(page)) if has_points else _none(),
        _with_deadline(service_clients.fetch_unread_count(page)),
        _with_deadline(service_clients.fetch_duties(page))
        if page.signed_in_actor.has(Role.RESIDENT)
        else _none(),
    )
    return standing, unread, duties


async def _with_deadline(awaitable: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(SERVICE_TIMEOUT_SECONDS):
            return await or_none_if_unavailable(awaitable)
    except TimeoutError:
        return None


async def _none() -> None:
    return None
