"""The context of a page: its request, actor, station, language and size of text."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, cast
from urllib.parse import urlsplit

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from services.intake.accounts import queries as accounts
from services.intake.residents import queries as residents
from services.intake.settings import SETTINGS
from services.intake.stations import queries as stations
from services.intake.stations.models import Station
from services.intake.web.kit.templating import render
from shared.auth import Actor, Role
from shared.errors import Unauthorized
from shared.language import Language, preferred, translate
from shared.policies import is_allowed
from shared.web.authentication import POLICIES, OptionalActor
from shared.web.http import Tx

LANGUAGE_COOKIE = "linli_language"
TEXT_COOKIE = "linli_text"
STATION_COOKIE = "linli_station"
SETTINGS_COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600
# The statuses of a form that is shown again, with what is wrong.
REFUSED = (409, 413, 422)
SAFE_REDIRECT_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/_.?=&-]{0,200}")


@dataclass
class PageContext:
    """One request for a page; the station is loaded only when it is needed."""

    request: Request
    tx: AsyncSession
    actor: Actor | None
    language: Language
    is_large_text: bool
    _station: Station | None = field(default=None, repr=False)

    @property
    def signed_in_actor(self) -> Actor:
        """The actor in the language of the page. Raises: Unauthorized."""
        if self.actor is None:
            raise Unauthorized
        return replace(self.actor, language=self.language)

    def is_allowed(self, policy: str) -> bool:
        """Whether the policy lets the reader in."""
        return is_allowed(POLICIES.get(self.request.app.state), policy, self.actor)

    def translate(self, sentence: str, **params: object) -> str:
        """Translate `sentence` into the language of the page."""
        return translate(sentence, self.language, **params)

    async def station(self) -> Station:
        """Return the actor's station; for an anonymous reader the chosen one, or the only one.

        Raises: NoStationChosen.
        """
        if self._station is None:
            if self.actor is not None:
                self._station = await stations.get(self.tx, self.actor.station)
            else:
                self._station = await self._chosen_station()
        return self._station

    @property
    def path_with_query(self) -> str:
        """The path to come back to: of this page, or of the page whose form it refuses."""
        address = str(self.request.url)
        if self.request.method == "POST":
            # The address of a form may take POST only.
            address = self.request.headers.get("referer", "/")
        try:
            parts = urlsplit(address)
        except ValueError:
            return "/"
        path = safe_redirect_path(parts.path)
        return safe_redirect_path(f"{parts.path}?{parts.query}" if parts.query else path, path)

    def is_below(self, paths: Iterable[str]) -> bool:
        """Whether the page is at or below one of `paths`."""
        return any(f"{self.request.url.path}/".startswith(f"{path}/") for path in paths)

    async def reader_name(self) -> str | None:
        """Return the name of who is signed in; it stands on every page, since phones are shared."""
        if self.actor is None:
            return None
        station, person = self.actor.station, self.actor.person
        if self.actor.has(Role.RESIDENT):
            people = await residents.load_people(self.tx, station, [person])
            return people[person].name if person in people else None
        return (await accounts.load_names(self.tx, station, [person])).get(person)

    async def form(self) -> FormData:
        """Parse the submitted form, of at most 8 files and 40 fields."""
        return await self.request.form(max_files=8, max_fields=40)

    async def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Render `template` as the page."""
        return await show_page(self, await self.station(), template, status, values)

    def redirect(self, path: str) -> Response:
        """Redirect to `path` with 303, so that a reload of that page submits nothing again."""
        return RedirectResponse(path, status_code=303)

    def set_cookie(self, response: Response, cookie: str, value: str, max_age_seconds: int) -> None:
        """Set a cookie that scripts can't read."""
        settings = SETTINGS.get(self.request.app.state)
        response.set_cookie(
            cookie,
            value,
            max_age=max_age_seconds,
            httponly=True,
            samesite="lax",
            secure=settings.uses_https,
        )

    async def _chosen_station(self) -> Station:
        all_stations = await stations.all_stations(self.tx)
        code = self.request.cookies.get(STATION_COOKIE)
        for station in all_stations:
            if station.code == code or len(all_stations) == 1:
                return station
        raise NoStationChosen


class NoStationChosen(Exception):
    """A page without a station: there are several, or none, and the reader has chosen none."""


async def show_page(
    page: PageContext, station: Station | None, template: str, status: int, values: dict[str, Any]
) -> HTMLResponse:
    """Render a page; `station` is None if none is chosen or the database is away."""
    try:
        reader_name = await page.reader_name()
    except (SQLAlchemyError, OSError):
        # The page of an error is shown also where the database is what failed.
        reader_name = None
    defaults = {"reader_name": reader_name, "is_refused": status in REFUSED}
    values = {**defaults, **values, "page": page, "station": station, "actor": page.actor}
    html = render(template, page.language, values)
    cache_control = "private, no-cache" if page.actor is None else "no-store"
    headers = {"Cache-Control": cache_control, "Content-Language": html_language(page.language)}
    return HTMLResponse(html, status_code=status, headers=headers)


def html_language(language: Language) -> str:
    """Return the language tag (BCP 47) of a page."""
    return "en" if language == "en" else "zh-Hans"


def language_of(request: Request, actor: Actor | None) -> Language:
    """Return the language of the device's cookie, else of the actor, else of the browser."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in ("zh", "en"):
        return cast(Language, chosen)
    return actor.language if actor else preferred(request.headers.get("accept-language"))


def build_context(request: Request, actor: Actor | None, tx: AsyncSession) -> PageContext:
    """Build the context of a page from its request."""
    is_large_text = request.cookies.get(TEXT_COOKIE) == "large"
    return PageContext(request, tx, actor, language_of(request, actor), is_large_text)


async def page_context(
    request: Request, tx: Tx, actor: OptionalActor
) -> AsyncIterator[PageContext]:
    """Provide the context of a page as a dependency; close uploaded files afterwards."""
    try:
        yield build_context(request, actor, tx)
    finally:
        await request.close()


def safe_redirect_path(path: str | None, default: str = "/") -> str:
    """Return `path` if it is one of this site, else `default`."""
    return path if path and SAFE_REDIRECT_PATH.fullmatch(path) else default


CurrentPage = Annotated[PageContext, Depends(page_context, scope="function")]
FlashKey = Annotated[str, Query(alias="done")]
