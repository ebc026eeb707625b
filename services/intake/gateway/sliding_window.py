"""An in-memory counter over a sliding minute."""

import time
from collections.abc import Callable


class SlidingWindowCounter:
    """A count of hits by key: those of this minute, and a share of the previous minute's.

    The share is the part of the previous minute that the sliding minute still covers. Two
    dictionaries change places each minute, so that old keys go without a search. `clock` returns
    monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._minute = 0
        self._current: dict[str, int] = {}
        self._previous: dict[str, int] = {}

    def hit(self, key: str, limit: int, cost: int = 1) -> float:
        """Count `cost` hits and return 0; without room, return the seconds until there is room."""
        minute, passed = divmod(self._clock() / 60, 1)
        self._advance(int(minute))
        now, before = self._current.get(key, 0), self._previous.get(key, 0)
        if now + before * (1 - passed) + cost <= limit:
            self._current[key] = now + cost
            return 0.0
        room = limit - now - cost
        if room < 0 or before == 0:
            return 60 * (1 - passed)
        return 60 * (1 - room / before - passed)

    def _advance(self, minute: int) -> None:
        if minute != self._minute:
            self._previous = self._current if minute == self._minute + 1 else {}
            self._current = {}
            self._minute = minute
