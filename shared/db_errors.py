"""Classification of errors: contention, an unavailable database, or another fault."""

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from shared.contracts.envelope import invalid_fields

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_ROLLED_BACK_SQLSTATES = frozenset({"40001", "40P01"})  # Serialisation failure, deadlock.
_CONTENTION_SQLSTATES = _ROLLED_BACK_SQLSTATES | {"55P03"}  # Lock time-out.
# Read-only, and what the server hasn't enough of: disk, memory, connections.
_UNWRITABLE_SQLSTATES = ("25006", "53")
_UNAVAILABLE_SQLSTATES = ("08", "25P03", "57P", "58", *_UNWRITABLE_SQLSTATES)
_LONG_NUMBER = re.compile(r"(?<![\w-])\+?\d{7,}(?![\w-])")

MAX_RERUNS = 3
T = TypeVar("T")


def is_contention(error: BaseException) -> bool:
    """Return whether transactions blocked each other, so that a retry may well succeed."""
    return isinstance(error, StaleDataError) or _sqlstate(error) in _CONTENTION_SQLSTATES


async def rerun_after_deadlock(transaction: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction, and again up to three times when the database chose it as a victim."""
    for _ in range(MAX_RERUNS):
        try:
            return await transaction()
        except Exception as error:
            if not isinstance(error, StaleDataError) and not _has_state(
                error, *_ROLLED_BACK_SQLSTATES
            ):
                raise
    return await transaction()


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database can't be reached or used, whatever the transaction did."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or _has_state(error, *_UNAVAILABLE_SQLSTATES):
            return True
        return _sqlstate(error) is None and isinstance(error, InterfaceError)
    return isinstance(error, PoolTimeout | OSError)


def is_unwritable(error: BaseException) -> bool:
    """Return whether the database answers but can't write: read-only, full, or out of resources."""
    return _has_state(error, *_UNWRITABLE_SQLSTATES)


def redacted_message(error: BaseException) -> str:
    """Return one line about an error: no values of rows, no parameters, no long numbers."""
    if isinstance(error, ValidationError):
        return f"ValidationError: {invalid_fields(error)}"
    text = str(error.orig if isinstance(error, DBAPIError) else error)
    line = text.strip().partition("\n")[0]
    return f"{type(error).__name__}: {_LONG_NUMBER.sub('…', line)}"[:500]


def _sqlstate(error: BaseException) -> str | None:
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    return state if isinstance(state, str) else None


def _has_state(error: BaseException, *prefixes: str) -> bool:
    return (_sqlstate(error) or "").startswith(prefixes)
