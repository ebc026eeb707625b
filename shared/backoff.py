"""How long to wait before trying again."""

import random

_random = random.SystemRandom()


class Backoff:
    """Doubling waits from `first` to `most` seconds, each taken by at least a half."""

    def __init__(self, first: float, most: float) -> None:
        self._first = first
        self._most = most
        self._next = first

    def wait(self) -> float:
        """Seconds to wait this time."""
        current, self._next = self._next, min(self._next * 2, self._most)
        return current * _random.uniform(0.5, 1)

    def reset(self) -> None:
        """It went well: begin anew with the first wait."""
        self._next = self._first


def full_jitter(attempt: int, first: float, most: float) -> float:
    """Seconds from `first` up to a bound that doubles with each attempt, `most` at most.

    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
    """
    bound = min(most, first * 2.0 ** min(attempt, 32))
    return _random.uniform(first, max(first, bound))
