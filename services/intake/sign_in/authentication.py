"""Who asks, from the session in the Authorization header or in the cookie; and that cookie."""

from typing import TYPE_CHECKING, cast
from uuid import UUID

from fastapi import Request, Response

from services.intake.settings import IntakeSettings
from services.intake.sign_in import actions, queries
from services.intake.sign_in.actions import Opened, Proof
from services.intake.sign_in.models import SESSION_LIFE
from shared.app import bearer
from shared.auth import Actor
from shared.errors import Unauthorized

if TYPE_CHECKING:
    from shared.runtime import Runtime

COOKIE = "linli_session"


async def authenticate(request: Request) -> Actor | None:
    """Who asks; None for nobody and for a cookie that ran out, Unauthorized for a false bearer."""
    token = presented(request)
    if token is None:
        return None
    runtime: Runtime = request.app.state.runtime
    async with runtime.sessions() as tx:
        actor = await queries.actor_of(tx, token)
    if actor is None and "authorization" in request.headers:
        raise Unauthorized
    return actor


def presented(request: Request) -> str | None:
    """The session token that the request carries."""
    return bearer(request) or request.cookies.get(COOKIE) or None


async def enter(runtime: "Runtime", station: UUID, proof: Proof) -> Opened:
    """Sign in from a page: the try is counted and committed first; WrongSignIn, TooMany."""
    async with runtime.sessions.begin() as tx:
        await actions.count_try(tx, station, proof)
    async with runtime.sessions.begin() as tx:
        return await actions.sign_in(tx, station, proof)


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
