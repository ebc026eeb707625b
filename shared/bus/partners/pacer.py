"""Pacer: how long a publisher's next message has to wait, so that none floods the station."""

import time
from datetime import timedelta

BURST_SECONDS = 60.0
# What a publisher sends beyond an hour's worth stays on the broker.
MAX_DELAY_SECONDS = 3600.0
MAX_USERS = 1000


class Pacer:
    """Paces the messages of each broker user: a minute's worth at once, the others one by one.

    It is the generic cell rate algorithm (ITU-T I.371). Each replica counts for itself.
    """

    def __init__(self, max_per_minute: int) -> None:
        self._interval = 60.0 / max_per_minute
        # When each user's messages so far would have been sent at an even pace.
        self._paid_until: dict[str, float] = {}

    @property
    def is_full(self) -> bool:
        """Whether a user's next message would have to wait for more than an hour."""
        latest = max(self._paid_until.values(), default=0.0)
        return latest - time.monotonic() > BURST_SECONDS + MAX_DELAY_SECONDS

    def next_delay(self, user: str) -> timedelta:
        """Count a message, and return how long it has to wait."""
        now = time.monotonic()
        if len(self._paid_until) > MAX_USERS:
            self._paid_until = {
                one: until for one, until in self._paid_until.items() if until > now
            }
        until = max(self._paid_until.get(user, now), now)
        self._paid_until[user] = until + self._interval
        return timedelta(seconds=max(0.0, until - now - BURST_SECONDS + self._interval))
