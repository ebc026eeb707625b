"""Retry policy: whether a failed message is retried, deferred or parked."""

from datetime import timedelta

from shared.backoff import full_jitter
from shared.bus.inbox.store import FailureDisposition, IncomingMessage
from shared.db_errors import is_contention, redacted_message
from shared.errors import NotYet, Problem

MAX_ATTEMPTS = 12
MIN_DELAY_SECONDS, MAX_DELAY_SECONDS = 1.0, 3600.0
MAX_CONTENTION_DELAY_SECONDS = 4.0
MAX_DEFERRAL_DELAY_SECONDS = 60.0
MAX_DEFERRAL = timedelta(days=7)
# Long enough for two versions that run side by side.
MAX_UNKNOWN_TYPE_AGE = timedelta(days=1)


def decide(
    error: Exception, *, attempts: int, deferrals: int = 0, age: timedelta = timedelta()
) -> FailureDisposition:
    """Decide about a message that has waited for `age`; `attempts` includes the failed one.

    Contention and deferrals count as no attempt.
    """
    reason = redacted_message(error)
    if isinstance(error, NotYet):
        return _defer(reason, attempts - 1, deferrals, age < MAX_DEFERRAL)
    if is_contention(error):
        delay = full_jitter(1, MIN_DELAY_SECONDS, MAX_CONTENTION_DELAY_SECONDS)
        return FailureDisposition("retry", attempts - 1, deferrals, _delay(delay), reason)
    if isinstance(error, Problem) or attempts >= MAX_ATTEMPTS:
        return FailureDisposition.park(reason, attempts=attempts, deferrals=deferrals)
    delay = full_jitter(attempts, MIN_DELAY_SECONDS, MAX_DELAY_SECONDS)
    return FailureDisposition("retry", attempts, deferrals, _delay(delay), reason)


def decide_unreadable(
    one: IncomingMessage, *, attempts: int = 0, deferrals: int = 0, age: timedelta = timedelta()
) -> FailureDisposition:
    """Decide about a message that no handler can be called with."""
    if one.may_be_newer:
        return _defer(one.error, attempts, deferrals, age < MAX_UNKNOWN_TYPE_AGE)
    return FailureDisposition.park(one.error, attempts=attempts, deferrals=deferrals)


def decide_uncalled(attempts: int, deferrals: int) -> FailureDisposition:
    """Park a message whose last attempt ended the process, before that happens once more."""
    error = f"failed, or ended its process, {attempts} times"
    return FailureDisposition.park(error, attempts=attempts, deferrals=deferrals)


def _defer(reason: str, attempts: int, deferrals: int, may_wait: bool) -> FailureDisposition:
    if not may_wait:
        return FailureDisposition.park(reason, attempts=attempts, deferrals=deferrals)
    delay = full_jitter(deferrals, MIN_DELAY_SECONDS, MAX_DEFERRAL_DELAY_SECONDS)
    return FailureDisposition("retry", attempts, deferrals + 1, _delay(delay), reason)


def _delay(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
