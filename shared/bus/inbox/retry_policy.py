"""Retry policy: whether a failed message is retried, deferred or parked."""

from datetime import datetime, timedelta

from shared import clock
from shared.backoff import full_jitter
from shared.bus.inbox.store import FailureDisposition
from shared.db_errors import is_contention, redacted_message
from shared.errors import NotYet, Problem

MAX_ATTEMPTS = 12
MIN_DELAY_SECONDS, MAX_DELAY_SECONDS = 1.0, 3600.0
MAX_DEFERRAL_DELAY_SECONDS = 60.0
MAX_DEFERRAL = timedelta(days=7)


def decide(
    error: Exception, *, attempts: int, deferrals: int, since: datetime
) -> FailureDisposition:
    """Decide about a failed message; `attempts` includes the attempt that just failed."""
    reason = redacted_message(error)
    if isinstance(error, NotYet):
        if clock.now() - since >= MAX_DEFERRAL:
            return FailureDisposition("parked", attempts - 1, deferrals, None, reason)
        return FailureDisposition(
            "retry",
            attempts - 1,
            deferrals + 1,
            _after(min(MAX_DEFERRAL_DELAY_SECONDS, _deferral_delay(deferrals))),
            reason,
        )
    if isinstance(error, Problem) or attempts >= MAX_ATTEMPTS:
        return FailureDisposition("parked", attempts, deferrals, None, reason)
    if is_contention(error):
        return FailureDisposition(
            "retry",
            attempts - 1,
            deferrals,
            _after(full_jitter(1, MIN_DELAY_SECONDS, MAX_DELAY_SECONDS)),
            reason,
        )
    return FailureDisposition(
        "retry",
        attempts,
        deferrals,
        _after(full_jitter(attempts, MIN_DELAY_SECONDS, MAX_DELAY_SECONDS)),
        reason,
    )


def _deferral_delay(deferrals: int) -> float:
    return full_jitter(deferrals, MIN_DELAY_SECONDS, MAX_DEFERRAL_DELAY_SECONDS)


def _after(seconds: float) -> datetime:
    return clock.now() + timedelta(seconds=seconds)
