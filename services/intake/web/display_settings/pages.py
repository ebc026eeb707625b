"""The display settings of a device: language, size of text, station."""

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
    """The chosen language, and the page to return to."""

    language: Language
    back: str = "/"


class TextSizeForm(RequestModel):
    """The chosen size of text, and the page to return to."""

    text: Literal["large", "normal"]
    back: str = "/"


class StationForm(RequestModel):
    """The chosen station, and the page to return to."""

    station: str
    back: str = "/"


@pages.post("/language", policy="public", idempotent=False)
async def set_language(page: CurrentPage) -> Response:
    """Set the language of this device and, if somebody is signed in, of their notices."""
    body = (await parse_form(page, LanguageForm)).body
    if body is None:
        return page.redirect("/")
    if page.actor is not None and page.actor.language != body.language:
        save = residents.set_language if page.actor.has(Role.RESIDENT) else accounts.set_language
        await save(page.tx, page.actor, page.actor.person, body.language)
    return _redirect_with_cookie(page, LANGUAGE_COOKIE, body.language, body.back)


@pages.post("/text-size", policy="public", idempotent=False)
async def set_text_size(page: CurrentPage) -> Response:
    """Set the size of text on this device."""
    body = (await parse_form(page, TextSizeForm)).body
    if body is None:
        return page.redirect("/")
    return _redirect_with_cookie(page, TEXT_COOKIE, body.text, body.back)


@pages.get("/stations", policy="public")
async def ask_station(page: CurrentPage, back: str = "/") -> Response:
    """Show the stations to choose from."""
    values = {"stations": await stations.all_stations(page.tx), "back": back}
    return await show_page(page, None, "stations.html", 200, values)


@pages.post("/stations", policy="public", idempotent=False)
async def set_station(page: CurrentPage) -> Response:
    """Set the station of this device."""
    body = (await parse_form(page, StationForm)).body
    if body is None or not body.station.isascii():
        return page.redirect("/stations")
    station = await stations.get_by_code(page.tx, body.station)
    return _redirect_with_cookie(page, STATION_COOKIE, station.code, body.back)


async def redirect_to_stations(request: Request, _: Exception) -> Response:
    """Redirect a reader without a station to the choice of stations."""
    path = safe_redirect_path(request.url.path)
    return RedirectResponse(f"/stations?back={path}", status_code=303)


def _redirect_with_cookie(page: PageContext, cookie: str, value: str, back: str) -> Response:
    response = page.redirect(safe_redirect_path(back))
    page.set_cookie(response, cookie, value, SETTINGS_COOKIE_MAX_AGE_SECONDS)
    return response
