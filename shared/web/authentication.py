"""Authentication: the actor of a request, and the guard of a route by its policy."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from shared import policies
from shared.auth import Actor
from shared.errors import Unauthorized
from shared.policies import Policies
from shared.state_key import StateKey

Authenticate = Callable[[Request], Awaitable[Actor | None]]
AUTHENTICATE = StateKey[Authenticate]("authenticate")
POLICIES = StateKey[Policies]("policies")
_ACTOR = StateKey[Actor | None]("actor")


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header (RFC 6750), None without a header.

    Raises: Unauthorized for another scheme.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized
    return token.strip()


async def current_actor(request: Request) -> Actor | None:
    """Authenticate the request once; None for an anonymous one. Raises: Unauthorized."""
    try:
        return _ACTOR.get(request.state)
    except KeyError:
        actor = await AUTHENTICATE.get(request.app.state)(request)
    _ACTOR.set(request.state, actor)
    return actor


async def _signed_in(actor: Annotated[Actor | None, Depends(current_actor)]) -> Actor:
    if actor is None:
        raise Unauthorized
    return actor


CurrentActor = Annotated[Actor, Depends(_signed_in)]
OptionalActor = Annotated[Actor | None, Depends(current_actor)]


class UnknownPolicy(Exception):
    """A route without a policy, or with one that its service doesn't have."""


def allow(policy: str) -> Callable[..., Awaitable[None]]:
    """Make a dependency that lets through only those whom the application's policy names."""

    async def check_policy(request: Request, actor: OptionalActor) -> None:
        policies.check(POLICIES.get(request.app.state), policy, actor)

    check_policy.policy = policy  # type: ignore[attr-defined]
    return check_policy


def check_route_policies(router: APIRouter, service_policies: Policies) -> None:
    """Check that each route names policies of the service only. Raises: UnknownPolicy."""
    for route in router.routes:
        guards = [guard.dependency for guard in getattr(route, "dependencies", ())]
        names = {guard.policy for guard in guards if hasattr(guard, "policy")}
        if not names or not names <= service_policies.keys():
            raise UnknownPolicy(f"{getattr(route, 'path', route)}: {sorted(names)}")
