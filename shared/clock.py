"""The one clock of the product, which tests can move."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _source()


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
def _replaced(source: Callable[[], datetime]) -> Iterator[None]:
    global _source
    previous, _source = _source, source
    try:
        yield
    finally:
        _source = previous
