"""A screen: who looks at which station, in which language and size of text, and how it is shown."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from services.intake.settings import IntakeSettings
from services.intake.stations import queries as stations
from services.intake.stations.models import Station
from services.intake.web.kit.templating import render
from shared.auth import Actor
from shared.errors import Unauthorized
from shared.language import Language, preferred, translate
from shared.web.http import OptionalActor, Tx

LANGUAGE_COOKIE = "linli_language"
TEXT_COOKIE = "linli_text"
STATION_COOKIE = "linli_station"
SETTINGS_COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600
SAFE_REDIRECT_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/_.?=&-]{0,200}")


@dataclass
class PageContext:
    """One request for a page. Nothing is read from the database until it is needed."""

    request: Request
    tx: AsyncSession
    actor: Actor | None
    language: Language
    is_large_text: bool
    _station: Station | None = field(default=None, repr=False)

    @property
    def signed_in_actor(self) -> Actor:
        """Who looks, speaking the language of the page; Unauthorized for nobody."""
        if self.actor is None:
            raise Unauthorized
        return replace(self.actor, language=self.language)

    def translate(self, sentence: str, **params: object) -> str:
        """A sentence of the catalogue in the language of the page."""
        return translate(sentence, self.language, **params)

    async def station(self) -> Station:
        """The station of whoever looks; for nobody yet, the one they chose, or the only one."""
        if self._station is None:
            if self.actor is not None:
                self._station = await stations.get(self.tx, self.actor.station)
            else:
                self._station = await self._chosen_station()
        return self._station

    async def form(self) -> FormData:
        """What the form says."""
        return await self.request.form(max_files=8, max_fields=40)

    async def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The page."""
        return await show_page(self, await self.station(), template, status, values)

    def redirect(self, path: str) -> Response:
        """Look at another page next (303, so that reloading it sends nothing again)."""
        return RedirectResponse(path, status_code=303)

    def set_cookie(self, response: Response, cookie: str, value: str, max_age_seconds: int) -> None:
        """Let this device keep a value that scripts can't read."""
        settings: IntakeSettings = self.request.app.state.runtime.settings
        response.set_cookie(
            cookie,
            value,
            max_age=max_age_seconds,
            httponly=True,
            samesite="lax",
            secure=settings.uses_https,
        )

    async def _chosen_station(self) -> Station:
        everyone = await stations.all_stations(self.tx)
        code = self.request.cookies.get(STATION_COOKIE)
        for station in everyone:
            if station.code == code or len(everyone) == 1:
                return station
        raise NoStationChosen


class NoStationChosen(Exception):
    """There are several stations, or none, and nobody said which."""


async def show_page(
    page: PageContext, station: Station | None, template: str, status: int, values: dict[str, Any]
) -> HTMLResponse:
    """A page about a station, or about none where the database doesn't answer."""
    html = render(
        template,
        page.language,
        {**values, "page": page, "station": station, "actor": page.actor},
    )
    keeping = "private, no-cache" if page.actor is None else "no-store"
    headers = {"Cache-Control": keeping, "Content-Language": html_language(page.language)}
    return HTMLResponse(html, status_code=status, headers=headers)


def html_language(language: Language) -> str:
    """The language tag (BCP 47) of a page."""
    return "en" if language == "en" else "zh-Hans"


def language_of(request: Request, actor: Actor | None) -> Language:
    """What the reader chose on this device, else what they are addressed in, else the browser's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("zh", "en"):
        return cast(Language, chosen)
    return actor.language if actor else preferred(request.headers.get("accept-language"))


def build_context(request: Request, actor: Actor | None, tx: AsyncSession) -> PageContext:
    """The screen of a request."""
    large = request.cookies.get(TEXT_COOKIE) == "large"
    return PageContext(request, tx, actor, language_of(request, actor), large)


async def page_context(
    request: Request, tx: Tx, actor: OptionalActor
) -> AsyncIterator[PageContext]:
    """The screen of a request, as a dependency; files that were sent are closed after it."""
    try:
        yield build_context(request, actor, tx)
    finally:
        await request.close()


def safe_redirect_path(path: str | None, default: str = "/") -> str:
    """A path of ours to go to next, and never another site's."""
    return path if path and SAFE_REDIRECT_PATH.fullmatch(path) else default


CurrentPage = Annotated[PageContext, Depends(page_context, scope="function")]
