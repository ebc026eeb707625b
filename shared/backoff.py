"""Delays before retries."""

import random

_random = random.SystemRandom()


class Backoff:
    """Delays in seconds, doubling from `min_delay` to `max_delay`, each with up to half cut off."""

    def __init__(self, min_delay: float, max_delay: float) -> None:
        self._min_delay = min_delay
        self._max_delay = max_delay
        self._next_delay = min_delay

    def next_delay(self) -> float:
        """Return the seconds to wait this time."""
        current, self._next_delay = self._next_delay, min(self._next_delay * 2, self._max_delay)
        return current * _random.uniform(0.5, 1)

    def reset(self) -> None:
        """Start again with `min_delay`, after a success."""
        self._next_delay = self._min_delay


def full_jitter(attempt: int, min_delay: float, max_delay: float) -> float:
    """Return random seconds from `min_delay` to a bound that doubles up to `max_delay`.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    bound = min(max_delay, min_delay * 2.0 ** min(attempt, 32))
    return _random.uniform(min_delay, max(min_delay, bound))
