"""A circuit breaker: requests to a service that is down fail at once, without a wait for each."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from prometheus_client import Gauge

from shared.errors import Unavailable

OPENS_AFTER_FAILURES = 3
PAUSE_SECONDS = 3.0
# Errors that say nothing about the service: our own pool is full, or our request is malformed.
LOCAL_ERRORS = (httpx.PoolTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol)
STATE = Gauge(
    "linli_gateway_breaker",
    "State of the circuit breaker of a service: 0 closed, 1 probing, 2 open",
    ["service"],
)


class Breaker:
    """A circuit breaker for one other service; each replica has its own.

    The breaker opens after `OPENS_AFTER_FAILURES` requests in a row without an answer: refused,
    cut off, or silent until the time-out. Any answer, whatever its status, resets the count: a
    service that answers 500 is running, and one slow route among others that answer is no outage.
    Only the head of an answer counts, so that neither long streams nor clients that leave open
    the breaker. A client that leaves before the head counts neither as success nor as failure.

    While the breaker is open, every request raises Unavailable at once, with the seconds to wait.
    After `PAUSE_SECONDS` one request passes as a probe while the others are still refused: an
    answer to the probe closes the breaker, a failure opens it for another pause, and when the
    probe's client leaves, the next request is the probe. A late answer to an earlier request
    closes the breaker, too.
    """

    def __init__(self, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._gauge = STATE.labels(service)
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False
        self._close()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Guard the request inside the block, up to the head of its answer.

        Raises: Unavailable while the breaker is open.
        """
        probe = self._admit_request()
        try:
            yield
        except LOCAL_ERRORS:
            raise
        except httpx.TransportError:
            self._fail(probe=probe)
            raise
        else:
            self._close()
        finally:
            if probe:
                self._end_probe()

    def _admit_request(self) -> bool:
        """Return whether this request is the probe. Raises: Unavailable where it may not pass."""
        if self._opened_at is None:
            return False
        left = self._opened_at + PAUSE_SECONDS - self._clock()
        if left > 0 or self._probing:
            raise Unavailable().with_retry_after(left if left > 0 else PAUSE_SECONDS)
        self._probing = True
        self._gauge.set(1)
        return True

    def _fail(self, *, probe: bool) -> None:
        self._failures += 1
        if probe or (self._opened_at is None and self._failures >= OPENS_AFTER_FAILURES):
            self._opened_at = self._clock()
            self._gauge.set(2)

    def _end_probe(self) -> None:
        self._probing = False
        self._gauge.set(0 if self._opened_at is None else 2)

    def _close(self) -> None:
        self._failures = 0
        self._opened_at = None
        self._gauge.set(0)
