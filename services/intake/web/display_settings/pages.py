"""How this device shows the pages: language, size of text, station."""

from typing import Literal

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.intake.accounts import actions as accounts
from services.intake.residents import actions as residents
from services.intake.stations import queries as stations
from services.intake.web.kit.forms import parse_form
from services.intake.web.kit.page_context import (
    LANGUAGE_COOKIE,
    SETTINGS_COOKIE_MAX_AGE_SECONDS,
    STATION_COOKIE,
    TEXT_COOKIE,
    CurrentPage,
    PageContext,
    safe_redirect_path,
    show_page,
)
from services.intake.web.kit.page_router import PageRouter
from shared.auth import Role
from shared.language import Language
from shared.web.http import RequestModel

pages = PageRouter()


class LanguageForm(RequestModel):
    """The language to show, and the page to come back to."""

    language: Language
    back: str = "/"


class TextSizeForm(RequestModel):
    """The size of text, and the page to come back to."""

    text: Literal["large", "normal"]
    back: str = "/"


class StationForm(RequestModel):
    """The station, and the page to come back to."""

    station: str
    back: str = "/"


@pages.post("/language", policy="public", idempotent=False)
async def set_language(page: CurrentPage) -> Response:
    """Show this language here, and address whoever is signed in in it."""
    wanted = (await parse_form(page, LanguageForm)).body
    if wanted is None:
        return page.redirect("/")
    if page.actor is not None and page.actor.language != wanted.language:
        act = residents.set_language if page.actor.has(Role.RESIDENT) else accounts.set_language
        await act(page.tx, page.actor, page.actor.person, wanted.language)
    return _redirect_with_cookie(page, LANGUAGE_COOKIE, wanted.language, wanted.back)


@pages.post("/text-size", policy="public", idempotent=False)
async def set_text_size(page: CurrentPage) -> Response:
    """Show text in this size here."""
    wanted = (await parse_form(page, TextSizeForm)).body
    if wanted is None:
        return page.redirect("/")
    return _redirect_with_cookie(page, TEXT_COOKIE, wanted.text, wanted.back)


@pages.get("/stations", policy="public")
async def ask_station(page: CurrentPage, back: str = "/") -> Response:
    """The stations to choose from."""
    everyone = await stations.all_stations(page.tx)
    return await show_page(page, None, "stations.html", 200, {"stations": everyone, "back": back})


@pages.post("/stations", policy="public", idempotent=False)
async def set_station(page: CurrentPage) -> Response:
    """Show this station here."""
    wanted = (await parse_form(page, StationForm)).body
    if wanted is None or not wanted.station.isascii():
        return page.redirect("/stations")
    station = await stations.get_by_code(page.tx, wanted.station)
    return _redirect_with_cookie(page, STATION_COOKIE, station.code, wanted.back)


async def redirect_to_stations(request: Request, _: Exception) -> Response:
    """Let somebody who chose no station choose one first."""
    path = safe_redirect_path(request.url.path)
    return RedirectResponse(f"/stations?back={path}", status_code=303)


def _redirect_with_cookie(page: PageContext, cookie: str, value: str, back: str) -> Response:
    answer = page.redirect(safe_redirect_path(back))
    page.set_cookie(answer, cookie, value, SETTINGS_COOKIE_MAX_AGE_SECONDS)
    return answer
