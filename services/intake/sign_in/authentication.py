"""Authentication of requests by session or API key, and the session's cookie."""

from uuid import UUID

from fastapi import Request, Response

from services.intake.accounts.passwords import verify_password
from services.intake.publishers import queries as publishers
from services.intake.publishers.models import KEY_PREFIX
from services.intake.settings import SETTINGS
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
from shared.web.authentication import bearer_token
from shared.web.client_ip import network_of
from shared.web.http import SESSIONS

SESSION_COOKIE = "linli_session"


async def authenticate(request: Request) -> Actor | None:
    """Return the actor of a request; None for an anonymous one and for a cookie that ran out.

    Raises: Unauthorized for a false bearer token.
    """
    token = session_token(request)
    if token is None:
        return None
    async with SESSIONS.get(request.app.state)() as tx:
        # Machines, which API keys are for, have no cookies.
        if token.startswith(KEY_PREFIX) and "authorization" in request.headers:
            actor = await publishers.actor_of(tx, token)
        else:
            actor = await queries.actor_of(tx, token)
    if actor is None and "authorization" in request.headers:
        raise Unauthorized
    return actor


def session_token(request: Request) -> str | None:
    """Return the session token or the API key that the request carries."""
    return bearer_token(request) or request.cookies.get(SESSION_COOKIE) or None


async def check_proof(request: Request, station: UUID, proof: Proof) -> CheckedProof:
    """Count the attempt, even a failed one, and verify a password. Raises: TooManyRequests.

    No connection is held while the password's hash is computed, which is slow on purpose.
    """
    async with SESSIONS.get(request.app.state).begin() as tx:
        attempt = await actions.count_attempt(tx, station, proof, network_of(request))
        if not isinstance(proof, PasswordProof):
            return CheckedProof(station, proof, attempt)
        account = await queries.find_account(tx, station, proof.username)
    if (
        await verify_password(proof.password, account.password_hash if account else None)
        and account
    ):
        return CheckedProof(station, VerifiedPassword(account.id, account.password_hash), attempt)
    return CheckedProof(station, None, attempt)


def set_session_cookie(request: Request, response: Response, session: NewSession) -> None:
    """Set the cookie that holds the session's token."""
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=int(SESSION_TTL.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_secure(request),
    )


def clear_session_cookie(request: Request, response: Response) -> None:
    """Delete the session's cookie."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax", secure=_secure(request))


def _secure(request: Request) -> bool:
    return SETTINGS.get(request.app.state).uses_https
