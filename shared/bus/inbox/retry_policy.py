"""What becomes of a message whose handling failed: tried again, waited for, or parked."""

from datetime import datetime, timedelta

from shared import clock
from shared.backoff import full_jitter
from shared.bus.inbox.store import Kept
from shared.db_errors import describe, is_contention
from shared.errors import NotYet, Problem

ATTEMPTS = 12
FIRST, MOST = 1.0, 3600.0
LONGEST_WAIT = 60.0
PATIENCE = timedelta(days=7)


def judge(error: Exception, *, attempts: int, waits: int, since: datetime) -> Kept:
    """The state to keep a message in; `attempts` includes the one that failed just now."""
    why = describe(error)
    if isinstance(error, NotYet):
        if clock.now() - since >= PATIENCE:
            return Kept("parked", attempts - 1, waits, None, why)
        return Kept("retry", attempts - 1, waits + 1, _in(min(LONGEST_WAIT, _wait(waits))), why)
    if isinstance(error, Problem) or attempts >= ATTEMPTS:
        return Kept("parked", attempts, waits, None, why)
    if is_contention(error):
        return Kept("retry", attempts - 1, waits, _in(full_jitter(1, FIRST, MOST)), why)
    return Kept("retry", attempts, waits, _in(full_jitter(attempts, FIRST, MOST)), why)


def _wait(waits: int) -> float:
    return full_jitter(waits, FIRST, LONGEST_WAIT)


def _in(seconds: float) -> datetime:
    return clock.now() + timedelta(seconds=seconds)
