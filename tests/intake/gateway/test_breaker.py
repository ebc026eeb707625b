"""The breaker opens after failures in a row, and closes after an answer."""

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from services.intake.gateway.breaker import OPENS_AFTER_FAILURES, PAUSE_SECONDS, STATE, Breaker
from shared.errors import Unavailable


class FakeClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Return the seconds of the clock."""
        return self.seconds


def call_through(breaker: Breaker, error: type[BaseException] | None = None) -> None:
    """Send a request that is answered, or ends in that error."""
    with breaker.guard():
        if error is not None:
            raise error("no answer")


def fail_calls(
    breaker: Breaker, error: type[BaseException] = httpx.ConnectError, times: int = 1
) -> None:
    for _ in range(times):
        with pytest.raises(error):
            call_through(breaker, error)


@pytest.fixture
def fake_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def breaker(fake_clock: Callable[[], float]) -> Breaker:
    return Breaker(uuid4().hex, fake_clock)


@pytest.fixture
def open_breaker(breaker: Breaker) -> Breaker:
    """Return a breaker that has just opened."""
    fail_calls(breaker, times=OPENS_AFTER_FAILURES)
    return breaker


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ReadError]
)
def test_failures_in_a_row_open_the_breaker(breaker: Breaker, error: type[BaseException]) -> None:
    fail_calls(breaker, error, OPENS_AFTER_FAILURES)
    with pytest.raises(Unavailable) as refused:
        call_through(breaker)
    assert refused.value.headers == {"Retry-After": "3"}


def test_an_answer_in_between_resets_the_count(breaker: Breaker) -> None:
    for _ in range(5):
        fail_calls(breaker, times=OPENS_AFTER_FAILURES - 1)
        call_through(breaker)


@pytest.mark.parametrize("error", [httpx.PoolTimeout, httpx.LocalProtocolError, GeneratorExit])
def test_errors_that_are_not_the_service_s_do_not_open_the_breaker(
    breaker: Breaker, error: type[BaseException]
) -> None:
    fail_calls(breaker, error, OPENS_AFTER_FAILURES + 1)
    call_through(breaker)


def test_an_answer_to_the_probe_closes_the_breaker(
    open_breaker: Breaker, fake_clock: FakeClock
) -> None:
    fake_clock.seconds += PAUSE_SECONDS
    call_through(open_breaker)
    fail_calls(open_breaker, times=OPENS_AFTER_FAILURES - 1)
    call_through(open_breaker)


def test_a_failing_probe_opens_the_breaker_for_another_pause(
    open_breaker: Breaker, fake_clock: FakeClock
) -> None:
    fake_clock.seconds += PAUSE_SECONDS
    fail_calls(open_breaker)
    fake_clock.seconds += PAUSE_SECONDS / 2
    with pytest.raises(Unavailable):
        call_through(open_breaker)
    fake_clock.seconds += PAUSE_SECONDS / 2
    call_through(open_breaker)


def test_only_one_request_is_the_probe(open_breaker: Breaker, fake_clock: FakeClock) -> None:
    fake_clock.seconds += PAUSE_SECONDS
    with open_breaker.guard():
        with pytest.raises(Unavailable) as refused:
            call_through(open_breaker)
        assert int(refused.value.headers["Retry-After"]) > 0
    call_through(open_breaker)


def test_a_probe_whose_client_goes_away_makes_room_for_the_next(
    open_breaker: Breaker, fake_clock: FakeClock
) -> None:
    fake_clock.seconds += PAUSE_SECONDS
    fail_calls(open_breaker, GeneratorExit)
    call_through(open_breaker)
    call_through(open_breaker)


def test_a_late_answer_closes_the_breaker(breaker: Breaker) -> None:
    with breaker.guard():
        fail_calls(breaker, times=OPENS_AFTER_FAILURES)
    call_through(breaker)


def test_a_late_failure_does_not_prolong_the_pause(breaker: Breaker, fake_clock: FakeClock) -> None:
    late = breaker.guard()
    late.__enter__()
    fail_calls(breaker, times=OPENS_AFTER_FAILURES)
    fake_clock.seconds += PAUSE_SECONDS
    error = httpx.ReadTimeout("late")
    assert not late.__exit__(httpx.ReadTimeout, error, None)
    call_through(breaker)


def test_the_state_of_the_breaker_is_a_metric(fake_clock: FakeClock) -> None:
    service = uuid4().hex
    breaker, gauge = Breaker(service, fake_clock), STATE.labels(service)
    states = [gauge._value.get()]
    fail_calls(breaker, times=OPENS_AFTER_FAILURES)
    states.append(gauge._value.get())
    fake_clock.seconds += PAUSE_SECONDS
    with breaker.guard():
        states.append(gauge._value.get())
    states.append(gauge._value.get())
    assert states == [0, 2, 1, 0]
