"""Who asks, from the session or the API key that the request carries; and the session's cookie."""

from typing import TYPE_CHECKING, cast
from uuid import UUID

from fastapi import Request, Response

from services.intake.accounts.passwords import fits
from services.intake.publishers import queries as publishers
from services.intake.publishers.models import KEY_MARK
from services.intake.settings import IntakeSettings
from services.intake.sign_in import actions, queries
from services.intake.sign_in.actions import Fitting, Opened, Password, Proof, Shown
from services.intake.sign_in.models import SESSION_LIFE
from shared.auth import Actor
from shared.errors import Unauthorized
from shared.runtime.app import bearer
from shared.web.client_ip import network_of

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime

COOKIE = "linli_session"


async def authenticate(request: Request) -> Actor | None:
    """Who asks; None for nobody and for a cookie that ran out, Unauthorized for a false bearer."""
    token = presented(request)
    if token is None:
        return None
    runtime: Runtime = request.app.state.runtime
    async with runtime.sessions() as tx:
        # A key is for machines, which have no cookies.
        if token.startswith(KEY_MARK) and "authorization" in request.headers:
            actor = await publishers.actor_of(tx, token)
        else:
            actor = await queries.actor_of(tx, token)
    if actor is None and "authorization" in request.headers:
        raise Unauthorized
    return actor


def presented(request: Request) -> str | None:
    """The session token that the request carries."""
    return bearer(request) or request.cookies.get(COOKIE) or None


async def look_at(request: Request, station: UUID, proof: Proof) -> Shown:
    """Count the try, whatever becomes of it, and look at a password; TooMany.

    No connection is held while the password's hash is computed, which is slow on purpose.
    """
    runtime: Runtime = request.app.state.runtime
    async with runtime.sessions.begin() as tx:
        tried = await actions.count_try(tx, station, proof, network_of(request))
        if not isinstance(proof, Password):
            return Shown(station, proof, tried)
        account = await queries.account_named(tx, station, proof.username)
    if await fits(proof.password, account.password_hash if account else None) and account:
        return Shown(station, Fitting(account.id, account.password_hash), tried)
    return Shown(station, None, tried)


def remember(request: Request, response: Response, opened: Opened) -> None:
    """Let the browser keep the session."""
    response.set_cookie(
        COOKIE,
        opened.token,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_secure(request),
    )


def forget(request: Request, response: Response) -> None:
    """Let the browser drop the session."""
    response.delete_cookie(COOKIE, httponly=True, samesite="lax", secure=_secure(request))


def _secure(request: Request) -> bool:
    return cast(IntakeSettings, request.app.state.runtime.settings).secure
