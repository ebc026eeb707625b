"""How this device shows the pages: language, size of text, station."""

from typing import Literal

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.intake.accounts import actions as accounts
from services.intake.residents import actions as residents
from services.intake.stations import queries as stations
from services.intake.web.kit.forms import filled
from services.intake.web.kit.page_context import (
    A_YEAR,
    LANGUAGE_COOKIE,
    STATION_COOKIE,
    TEXT_COOKIE,
    Screen,
    Shown,
    own_path,
    show,
)
from services.intake.web.kit.page_router import Pages
from shared.auth import Role
from shared.language import Language
from shared.web.http import Body

pages = Pages()


class Speak(Body):
    """The language to show, and the page to come back to."""

    language: Language
    back: str = "/"


class Enlarge(Body):
    """The size of text, and the page to come back to."""

    text: Literal["large", "normal"]
    back: str = "/"


class Choose(Body):
    """The station, and the page to come back to."""

    station: str
    back: str = "/"


@pages.post("/language", policy="public", once=False)
async def speak(screen: Shown) -> Response:
    """Show this language here, and address whoever is signed in in it."""
    wanted = (await filled(screen, Speak)).body
    if wanted is None:
        return screen.go("/")
    if screen.actor is not None and screen.actor.language != wanted.language:
        act = residents.speak if screen.actor.has(Role.RESIDENT) else accounts.speak
        await act(screen.tx, screen.actor, screen.actor.person, wanted.language)
    return _remembering(screen, LANGUAGE_COOKIE, wanted.language, wanted.back)


@pages.post("/text-size", policy="public", once=False)
async def enlarge(screen: Shown) -> Response:
    """Show text in this size here."""
    wanted = (await filled(screen, Enlarge)).body
    if wanted is None:
        return screen.go("/")
    return _remembering(screen, TEXT_COOKIE, wanted.text, wanted.back)


@pages.get("/stations", policy="public")
async def choose(screen: Shown, back: str = "/") -> Response:
    """The stations to choose from."""
    everyone = await stations.everyone(screen.tx)
    return await show(screen, None, "stations.html", 200, {"stations": everyone, "back": back})


@pages.post("/stations", policy="public", once=False)
async def chosen(screen: Shown) -> Response:
    """Show this station here."""
    wanted = (await filled(screen, Choose)).body
    if wanted is None or not wanted.station.isascii():
        return screen.go("/stations")
    station = await stations.named(screen.tx, wanted.station)
    return _remembering(screen, STATION_COOKIE, station.code, wanted.back)


async def ask_which(request: Request, _: Exception) -> Response:
    """Let somebody who chose no station choose one first."""
    path = own_path(request.url.path)
    return RedirectResponse(f"/stations?back={path}", status_code=303)


def _remembering(screen: Screen, cookie: str, value: str, back: str) -> Response:
    answer = screen.go(own_path(back))
    screen.remember(answer, cookie, value, A_YEAR)
    return answer
