"""A circuit breaker: a service that is down is told at once, not after a wait for each request."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from prometheus_client import Gauge

from shared.errors import Unavailable

OPENS_AFTER_FAILURES = 3
PAUSE_SECONDS = 3.0
# What says nothing about the service: our own pool is full, or what we were to send is amiss.
LOCAL_ERRORS = (httpx.PoolTimeout, httpx.LocalProtocolError, httpx.UnsupportedProtocol)
STATE = Gauge(
    "linli_gateway_breaker",
    "Whether a neighbour is asked: 0 closed, 1 probing, 2 open",
    ["service"],
)


class Breaker:
    """Whether one other service is asked at all; each replica judges for itself.

    It opens when `OPENS_AFTER_FAILURES` requests in a row got no answer: refused, cut off, or silent until
    the time-out. Any answer in between, whatever its status, begins the count anew: a service that
    answers 500 is there, and one slow route among others that answer is no outage. The head of an
    answer counts; what becomes of its body doesn't, so neither long streams nor clients that go
    away open it. A client that goes away before the head says nothing either way.

    While it is open, every request is Unavailable at once, with the seconds to wait. After `PAUSE`
    seconds one request is let through as a probe while the others are still refused: its answer
    closes the breaker, its failure opens it for another pause, and when its client goes away, the
    next request is the probe. An answer to a request that was on its way before closes it, too.
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
        """Ask inside the block, up to the head of the answer; Unavailable while it is open."""
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
        """Whether this request is the probe; Unavailable where it may not pass."""
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
