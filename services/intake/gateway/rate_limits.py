"""Limits on the requests a minute that this replica takes (decision record 0007)."""

from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from shared.auth import Actor
from shared.errors import TooManyRequests, Unauthorized
from shared.state_key import StateKey
from shared.web.authentication import current_actor
from shared.web.client_ip import network_of

if TYPE_CHECKING:
    from services.intake.settings import IntakeSettings

EXEMPT_PATHS = ("/health/", "/metrics", "/static/")
WINDOW_SECONDS = 60


class RateLimiter:
    """An in-memory limiter by person, by the address of anonymous requests, and by address.

    An address may stand for many people (the desk, a home, a carrier's NAT), so each signed-in
    person has a count of their own, and the count of their address only stops a flood.
    """

    def __init__(self, settings: "IntakeSettings") -> None:
        self._address = _limit("address", settings.rate_address)
        self._anonymous = _limit("anonymous", settings.rate_anonymous)
        self._person = _limit("person", settings.rate_person)
        self._publisher = _limit("publisher", settings.rate_publisher)
        self._storage = MemoryStorage()
        self._windows = SlidingWindowCounterRateLimiter(self._storage)

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

    def _hit(self, limit: RateLimitItem | None, subject: str, cost: int = 1) -> None:
        if limit is not None and not self._windows.hit(limit, subject, cost=cost):
            # A little more, since the very moment of equality is still too early.
            seconds = self._seconds_to_wait(limit, subject, cost) + 0.01
            raise TooManyRequests().with_retry_after(seconds)

    def _seconds_to_wait(self, limit: RateLimitItem, subject: str, cost: int) -> float:
        """Return the seconds until there is room for `cost`.

        The count is that of this minute, and the share of the previous minute's that the sliding
        window still covers; where this minute's alone leaves no room, it is next minute's share
        that must have shrunk. The library only knows when there is room for one.
        """
        previous, previous_ttl, current, current_ttl = self._storage.get_sliding_window(
            limit.key_for(subject), WINDOW_SECONDS
        )
        # The library admits while the count, rounded down, leaves room.
        room = limit.amount - cost + 1
        left_of_minute = current_ttl - WINDOW_SECONDS
        if current < room:
            return previous_ttl - WINDOW_SECONDS * (room - current) / max(previous, 1)
        return left_of_minute + WINDOW_SECONDS * (1 - max(room, 0) / current)


def _limit(name: str, max_per_minute: int) -> RateLimitItem | None:
    """Make a named limit; 0 switches it off."""
    return RateLimitItemPerMinute(max_per_minute, namespace=name) if max_per_minute else None


RATE_LIMITER = StateKey[RateLimiter]("rate limiter")


async def enforce_rate_limits(request: Request) -> None:
    """Enforce the limits on every route but health, metrics and static files."""
    if not request.url.path.startswith(EXEMPT_PATHS):
        await RATE_LIMITER.get(request.app.state).check(request)
