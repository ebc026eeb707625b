"""A sliding minute has room for the limit, and returns the seconds until there is room again."""

from services.intake.gateway.sliding_window import SlidingWindowCounter


class FakeClock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 600.0

    def __call__(self) -> float:
        return self.now


def test_a_hit_beyond_the_limit_returns_the_seconds_to_wait() -> None:
    clock = FakeClock()
    counter = SlidingWindowCounter(clock)
    assert [counter.hit("a", 3) for _ in range(3)] == [0, 0, 0]
    assert counter.hit("a", 3) == 60
    assert counter.hit("b", 3) == 0


def test_hits_of_the_previous_minute_make_room_gradually() -> None:
    clock = FakeClock()
    counter = SlidingWindowCounter(clock)
    for _ in range(10):
        assert counter.hit("a", 10) == 0
    clock.now += 60
    wait = counter.hit("a", 10)
    assert 0 < wait <= 60
    clock.now += wait - 0.1
    assert counter.hit("a", 10) > 0
    clock.now += 0.2
    assert counter.hit("a", 10) == 0
    clock.now += 30
    assert [counter.hit("a", 10) == 0 for _ in range(10)].count(True) in (4, 5)


def test_keys_of_past_minutes_are_dropped() -> None:
    clock = FakeClock()
    counter = SlidingWindowCounter(clock)
    for number in range(1000):
        counter.hit(str(number), 1)
    clock.now += 120
    assert counter.hit("1", 1) == 0
    assert len(counter._current) + len(counter._previous) == 1
