"""The start page: buttons for the main tasks, and a summary of what is under way."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from fastapi import Response

from services.intake.events import queries as events
from services.intake.web.clients import notify, volunteers
from services.intake.web.clients.base import or_none_if_unavailable
from services.intake.web.clients.volunteers import Duty, PointsBalance
from services.intake.web.kit.page_context import CurrentPage, PageContext
from services.intake.web.kit.page_router import PageRouter
from services.intake.wishes import queries as wishes
from services.intake.wishes.queries import WishFilter
from services.intake.wishes.states import WishState
from shared.auth import Role
from shared.pagination import Page, PageRequest

SERVICE_TIMEOUT_SECONDS = 1.0
T = TypeVar("T")
pages = PageRouter()


@pages.get("/", policy="public")
async def show_home(page: CurrentPage) -> Response:
    """Show the start page."""
    if page.actor is None:
        return await page.show(
            "home.html",
            latest_wish=None,
            next_event=None,
            points_balance=None,
            unread_count=0,
            duty_count=0,
            review_count=0,
        )
    balance, unread_count, duties = await _fetch_summary(page)
    latest_wish, next_event, review_count = None, None, 0
    if page.signed_in_actor.is_staff:
        posted = WishFilter(states=(WishState.POSTED,))
        review_count = len(
            (await wishes.list_wishes(page.tx, page.signed_in_actor, posted, limit=99)).items
        )
    elif page.signed_in_actor.has(Role.RESIDENT):
        own_wishes: Page[wishes.WishForReader] = await wishes.list_wishes(
            page.tx, page.signed_in_actor, WishFilter(mine=True), limit=1
        )
        latest_wish = own_wishes.items[0] if own_wishes.items else None
        next_event = await _next_event(page)
    return await page.show(
        "home.html",
        latest_wish=latest_wish,
        next_event=next_event,
        points_balance=balance,
        unread_count=unread_count,
        duty_count=len(duties.items) if duties else 0,
        review_count=review_count,
    )


async def _next_event(page: PageContext) -> events.EventForReader | None:
    """Return the next event in which the actor has a place."""
    filter_ = events.EventFilter(period="coming", expected=True)
    actor = page.signed_in_actor
    rows: Page[events.EventForReader] = await events.list_events(
        page.tx, actor.station, actor, filter_, PageRequest(limit=1)
    )
    return rows.items[0] if rows.items else None


async def _fetch_summary(
    page: PageContext,
) -> tuple[PointsBalance | None, int | None, Page[Duty] | None]:
    """Fetch points, unread count and duties, each None if its service is slow: they are extras."""
    has_points = page.signed_in_actor.has(Role.RESIDENT, Role.PARTNER)
    balance, unread_count, duties = await asyncio.gather(
        _with_deadline(volunteers.fetch_balance(page)) if has_points else _none(),
        _with_deadline(notify.fetch_unread_count(page)),
        _with_deadline(volunteers.fetch_duties(page))
        if page.signed_in_actor.has(Role.RESIDENT)
        else _none(),
    )
    return balance, unread_count, duties


async def _with_deadline(awaitable: Awaitable[T]) -> T | None:
    try:
        async with asyncio.timeout(SERVICE_TIMEOUT_SECONDS):
            return await or_none_if_unavailable(awaitable)
    except TimeoutError:
        return None


async def _none() -> None:
    return None
