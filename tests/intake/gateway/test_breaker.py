"""When a service counts as down, and when it is asked again."""

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from services.intake.gateway.breaker import OPENS_AFTER, PAUSE, STATE, Breaker
from shared.errors import Unavailable


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        """The seconds that it shows."""
        return self.at


def ask(breaker: Breaker, error: type[BaseException] | None = None) -> None:
    """A request that is answered, or ends in that error."""
    with breaker.watching():
        if error is not None:
            raise error("no answer")


def fail(breaker: Breaker, error: type[BaseException] = httpx.ConnectError, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(error):
            ask(breaker, error)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Callable[[], float]) -> Breaker:
    return Breaker(uuid4().hex, watch)


@pytest.fixture
def open_one(breaker: Breaker) -> Breaker:
    """A breaker that has just opened."""
    fail(breaker, times=OPENS_AFTER)
    return breaker


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ReadError]
)
def test_failures_in_a_row_open_it(breaker: Breaker, error: type[BaseException]) -> None:
    fail(breaker, error, OPENS_AFTER)
    with pytest.raises(Unavailable) as refused:
        ask(breaker)
    assert refused.value.headers == {"Retry-After": "3"}


def test_an_answer_in_between_begins_the_count_anew(breaker: Breaker) -> None:
    for _ in range(5):
        fail(breaker, times=OPENS_AFTER - 1)
        ask(breaker)


@pytest.mark.parametrize("error", [httpx.PoolTimeout, httpx.LocalProtocolError, GeneratorExit])
def test_what_is_no_fault_of_the_service_opens_nothing(
    breaker: Breaker, error: type[BaseException]
) -> None:
    fail(breaker, error, OPENS_AFTER + 1)
    ask(breaker)


def test_an_answer_to_the_probe_closes_it(open_one: Breaker, watch: Watch) -> None:
    watch.at += PAUSE
    ask(open_one)
    fail(open_one, times=OPENS_AFTER - 1)
    ask(open_one)


def test_a_failing_probe_opens_it_for_another_pause(open_one: Breaker, watch: Watch) -> None:
    watch.at += PAUSE
    fail(open_one)
    watch.at += PAUSE / 2
    with pytest.raises(Unavailable):
        ask(open_one)
    watch.at += PAUSE / 2
    ask(open_one)


def test_only_one_request_is_the_probe(open_one: Breaker, watch: Watch) -> None:
    watch.at += PAUSE
    with open_one.watching():
        with pytest.raises(Unavailable) as refused:
            ask(open_one)
        assert int(refused.value.headers["Retry-After"]) > 0
    ask(open_one)


def test_a_probe_whose_client_goes_away_makes_room_for_the_next(
    open_one: Breaker, watch: Watch
) -> None:
    watch.at += PAUSE
    fail(open_one, GeneratorExit)
    ask(open_one)
    ask(open_one)


def test_a_late_answer_closes_it(breaker: Breaker) -> None:
    with breaker.watching():
        fail(breaker, times=OPENS_AFTER)
    ask(breaker)


def test_a_late_failure_opens_it_no_longer(breaker: Breaker, watch: Watch) -> None:
    late = breaker.watching()
    late.__enter__()
    fail(breaker, times=OPENS_AFTER)
    watch.at += PAUSE
    error = httpx.ReadTimeout("late")
    assert not late.__exit__(httpx.ReadTimeout, error, None)
    ask(breaker)


def test_its_state_is_a_metric(watch: Watch) -> None:
    service = uuid4().hex
    breaker, shown = Breaker(service, watch), STATE.labels(service)
    seen = [shown._value.get()]
    fail(breaker, times=OPENS_AFTER)
    seen.append(shown._value.get())
    watch.at += PAUSE
    with breaker.watching():
        seen.append(shown._value.get())
    seen.append(shown._value.get())
    assert seen == [0, 2, 1, 0]
