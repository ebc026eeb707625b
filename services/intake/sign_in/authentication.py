"""Who asks, from the session or the API key that the request carries; and the session's cookie."""

from typing import TYPE_CHECKING, cast
from uuid import UUID

from fastapi import Request, Response

from services.intake.accounts.passwords import verify_password
from services.intake.publishers import queries as publishers
from services.intake.publishers.models import KEY_PREFIX
from services.intake.settings import IntakeSettings
from services.intake.sign_in import actions, queries
from services.intake.sign_in.actions import (
    CheckedProof,
    NewSession,
    PasswordProof,
    Proof,
    VerifiedPassword,
)
from services.intake.sign_in.models import SESSION_TTL
from shared.auth import Actor
from shared.errors import Unauthorized
from shared.runtime.app import bearer
from shared.web.client_ip import network_of

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime

SESSION_COOKIE = "linli_session"


async def authenticate(request: Request) -> Actor | None:
    """Who asks; None for nobody and for a cookie that ran out, Unauthorized for a false bearer."""
    token = session_token(request)
    if token is None:
        return None
    runtime: Runtime = request.app.state.runtime
    async with runtime.sessions() as tx:
        # A key is for machines, which have no cookies.
        if token.startswith(KEY_PREFIX) and "authorization" in request.headers:
            actor = await publishers.actor_of(tx, token)
        else:
            actor = await queries.actor_of(tx, token)
    if actor is None and "authorization" in request.headers:
        raise Unauthorized
    return actor


def session_token(request: Request) -> str | None:
    """The session token that the request carries."""
    return bearer(request) or request.cookies.get(SESSION_COOKIE) or None


async def check_proof(request: Request, station: UUID, proof: Proof) -> CheckedProof:
    """Count the try, whatever becomes of it, and look at a password; TooManyRequests.

    No connection is held while the password's hash is computed, which is slow on purpose.
    """
    runtime: Runtime = request.app.state.runtime
    async with runtime.sessions.begin() as tx:
        tried = await actions.count_attempt(tx, station, proof, network_of(request))
        if not isinstance(proof, PasswordProof):
            return CheckedProof(station, proof, tried)
        account = await queries.find_account(tx, station, proof.username)
    if (
        await verify_password(proof.password, account.password_hash if account else None)
        and account
    ):
        return CheckedProof(station, VerifiedPassword(account.id, account.password_hash), tried)
    return CheckedProof(station, None, tried)


def set_session_cookie(request: Request, response: Response, session: NewSession) -> None:
    """Let the browser keep the session."""
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=int(SESSION_TTL.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_secure(request),
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Let the browser drop the session."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=_secure(request))


def _secure(request: Request) -> bool:
    return cast(IntakeSettings, request.app.state.runtime.settings).uses_https
