"""How long to wait before trying again."""

import random

_random = random.SystemRandom()


class Backoff:
    """Doubling waits from `first` to `most` seconds, each taken by at least a half."""

    def __init__(self, min_delay: float, max_delay: float) -> None:
        self._min_delay = min_delay
        self._max_delay = max_delay
        self._next_delay = min_delay

    def next_delay(self) -> float:
        """Seconds to wait this time."""
        current, self._next_delay = self._next_delay, min(self._next_delay * 2, self._max_delay)
        return current * _random.uniform(0.5, 1)

    def reset(self) -> None:
        """It went well: begin anew with the first wait."""
        self._next_delay = self._min_delay


def full_jitter(attempt: int, min_delay: float, max_delay: float) -> float:
    """Seconds from `first` up to a bound that doubles with each attempt, `most` at most.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    bound = min(max_delay, min_delay * 2.0 ** min(attempt, 32))
    return _random.uniform(min_delay, max(min_delay, bound))
