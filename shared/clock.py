"""The one clock of the product, which tests can move."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

# Below this, clocks agree: the rest is the time that a query takes.
MAX_DIFFERENCE = timedelta(seconds=1)
_correction: ContextVar[timedelta] = ContextVar("correction", default=timedelta())


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system
_skew = timedelta()


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _source() + _skew + _correction.get()


def offset() -> timedelta:
    """Return by how much a test has moved the time; zero outside of tests.

    What the database's clock decides moves by it too, but not by a replica's wrong clock.
    """
    return timedelta() if _source is _system else _source() - _system()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stand still at `at` inside the block."""
    with _replaced(lambda: at):
        yield


@contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Run `by` ahead of the system inside the block (behind, when negative)."""
    with _replaced(lambda: _system() + by):
        yield


@contextmanager
def skewed(by: timedelta) -> Iterator[None]:
    """Run with a wrong clock inside the block, `by` ahead of the database's."""
    global _skew
    previous, _skew = _skew, by
    try:
        yield
    finally:
        _skew = previous


@contextmanager
def aligned(with_moment: datetime) -> Iterator[None]:
    """Correct the clock inside the block, where it differs from that of the database.

    `with_moment` is the database's time just now.
    """
    difference = with_moment - now()
    token = _correction.set(difference if abs(difference) > MAX_DIFFERENCE else timedelta())
    try:
        yield
    finally:
        _correction.reset(token)


@contextmanager
def _replaced(source: Callable[[], datetime]) -> Iterator[None]:
    global _source
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous
