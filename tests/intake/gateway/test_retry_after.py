"""A sliding minute has room for the limit, and a refusal has the seconds until there is room."""

from uuid import UUID, uuid4

import pytest

from services.intake.gateway.rate_limits import RateLimiter
from services.intake.main import SERVICE
from shared.errors import TooManyRequests
from tests.intake.gateway.window_clock import WindowClock
from tests.support.settings import UNREACHABLE_URL, make_settings

PUBLISHER = uuid4()
pytestmark = pytest.mark.usefixtures("window_clock")


@pytest.fixture
def rate_limiter() -> RateLimiter:
    """A limiter of ten messages a minute."""
    return RateLimiter(make_settings(SERVICE, UNREACHABLE_URL, rate_publisher=10))


def seconds_to_wait(limiter: RateLimiter, messages: int = 1, publisher: UUID = PUBLISHER) -> int:
    """Count the messages; return 0, or the seconds to wait where there is no room for them."""
    try:
        limiter.check_messages(publisher, messages)
    except TooManyRequests as refusal:
        return int(refusal.headers["Retry-After"])
    return 0


@pytest.mark.parametrize("messages", [1, 4, 10])
def test_hit_beyond_the_limit_waits_until_there_is_room(
    rate_limiter: RateLimiter, window_clock: WindowClock, messages: int
) -> None:
    window_clock.now += 15
    assert [seconds_to_wait(rate_limiter) for _ in range(10)] == [0] * 10
    assert seconds_to_wait(rate_limiter, publisher=uuid4()) == 0
    # The minute that begins then still counts what was sent in this one.
    wait = seconds_to_wait(rate_limiter, messages)
    assert wait > 45 or messages == 1
    window_clock.now += wait - 1.1
    assert seconds_to_wait(rate_limiter, messages) > 0
    window_clock.now += 1.1
    assert seconds_to_wait(rate_limiter, messages) == 0


def test_hits_of_the_previous_minute_make_room_gradually(
    rate_limiter: RateLimiter, window_clock: WindowClock
) -> None:
    assert seconds_to_wait(rate_limiter, 10) == 0
    window_clock.now += 61
    # There is room for five once the window covers less than six of the ten.
    assert seconds_to_wait(rate_limiter, 5) == 24
    window_clock.now += 22.9
    assert seconds_to_wait(rate_limiter, 5) == 1
    window_clock.now += 0.2
    assert seconds_to_wait(rate_limiter, 5) == 0


@pytest.mark.parametrize("messages", range(1, 11))
def test_there_is_room_after_the_wait_and_not_a_second_before(
    rate_limiter: RateLimiter, window_clock: WindowClock, messages: int
) -> None:
    assert seconds_to_wait(rate_limiter, 10) == 0
    window_clock.now += 60
    wait = seconds_to_wait(rate_limiter, messages)
    window_clock.now += wait - 1.1
    assert wait == 1 or seconds_to_wait(rate_limiter, messages) > 0
    window_clock.now += 1.2
    assert seconds_to_wait(rate_limiter, messages) == 0


def test_limit_of_zero_is_no_limit() -> None:
    limiter = RateLimiter(make_settings(SERVICE, UNREACHABLE_URL, rate_publisher=0))
    assert seconds_to_wait(limiter, 1000) == 0
