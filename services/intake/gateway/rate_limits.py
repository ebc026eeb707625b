"""Limits on the requests a minute that this replica takes (decision record 0007)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request

from services.intake.gateway.sliding_window import SlidingWindowCounter
from shared.auth import Actor
from shared.errors import TooManyRequests, Unauthorized
from shared.state_key import StateKey
from shared.web.authentication import current_actor
from shared.web.client_ip import network_of

if TYPE_CHECKING:
    from services.intake.settings import IntakeSettings

EXEMPT_PATHS = ("/health/", "/metrics", "/static/")


@dataclass(frozen=True)
class _Limit:
    """A named limit of requests a minute; 0 switches the limit off."""

    name: str
    max_per_minute: int


class RateLimiter:
    """An in-memory limiter by person, by the address of anonymous requests, and by address.

    An address may stand for many people (the desk, a home, a carrier's NAT), so each signed-in
    person has a count of their own, and the count of their address only stops a flood.
    """

    def __init__(self, settings: "IntakeSettings") -> None:
        self._address = _Limit("address", settings.rate_address)
        self._anonymous = _Limit("anonymous", settings.rate_anonymous)
        self._person = _Limit("person", settings.rate_person)
        self._publisher = _Limit("publisher", settings.rate_publisher)
        self._counter = SlidingWindowCounter()

    async def check(self, request: Request) -> None:
        """Count a request.

        Raises: TooManyRequests beyond a limit, with the seconds to wait; Unauthorized.
        """
        address = network_of(request) or "local"
        # The address comes before the actor: a flood of false tokens must not reach the database.
        self._hit(self._address, address)
        try:
            actor: Actor | None = await current_actor(request)
        except Unauthorized:
            self._hit(self._anonymous, address)
            raise
        if actor is None:
            self._hit(self._anonymous, address)
        else:
            self._hit(self._person, f"{actor.station}/{actor.person}")

    def check_messages(self, publisher: UUID, messages: int) -> None:
        """Count the messages of one request of a publisher. Raises: TooManyRequests."""
        self._hit(self._publisher, str(publisher), messages)

    def _hit(self, limit: _Limit, subject: str, cost: int = 1) -> None:
        if limit.max_per_minute == 0:
            return
        if wait := self._counter.hit(f"{limit.name} {subject}", limit.max_per_minute, cost):
            raise TooManyRequests().with_retry_after(wait)


RATE_LIMITER = StateKey[RateLimiter]("rate limiter")


async def enforce_rate_limits(request: Request) -> None:
    """Enforce the limits on every route but health, metrics and static files."""
    if not request.url.path.startswith(EXEMPT_PATHS):
        await RATE_LIMITER.get(request.app.state).check(request)
