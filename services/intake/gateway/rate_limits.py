"""How many requests a minute somebody may make of this replica (decision record 0007)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request

from services.intake.gateway.sliding_window import SlidingWindowCounter
from shared.auth import Actor
from shared.errors import TooManyRequests, Unauthorized
from shared.web.client_ip import network_of
from shared.web.http import current_actor

if TYPE_CHECKING:
    from services.intake.settings import IntakeSettings

EXEMPT_PATHS = ("/health/", "/metrics", "/static/")


@dataclass(frozen=True)
class _Limit:
    """So many requests a minute under that name; none of them counted where it is 0."""

    name: str
    max_per_minute: int


class RateLimiter:
    """Counts requests in memory: by person, by the address of those not signed in, and by address.

    An address may stand for many people (the desk, a home, a carrier's NAT), so signed-in people
    are counted each for themselves, and their address only against a flood.
    """

    def __init__(self, settings: "IntakeSettings") -> None:
        self._address = _Limit("address", settings.rate_address)
        self._anonymous = _Limit("nobody", settings.rate_nobody)
        self._person = _Limit("person", settings.rate_person)
        self._publisher = _Limit("publisher", settings.rate_publisher)
        self._counter = SlidingWindowCounter()

    async def check(self, request: Request) -> None:
        """Count a request; TooManyRequests beyond a limit, with the seconds until there is room again."""
        address = network_of(request) or "local"
        # Before anybody is looked up: a flood of false tokens must not reach the database.
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
        """Count the messages of one request of a publisher; TooManyRequests."""
        self._hit(self._publisher, str(publisher), messages)

    def _hit(self, limit: _Limit, subject: str, cost: int = 1) -> None:
        if limit.max_per_minute == 0:
            return
        if wait := self._counter.hit(f"{limit.name} {subject}", limit.max_per_minute, cost):
            raise TooManyRequests().with_retry_after(wait)


async def enforce_rate_limits(request: Request) -> None:
    """A dependency of every route: health, metrics and static files are never counted."""
    if not request.url.path.startswith(EXEMPT_PATHS):
        rates: RateLimiter = request.app.state.rate_limiter
        await rates.check(request)
