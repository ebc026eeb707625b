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
_CONTENTION_SQLSTATES = frozenset({"40001", "40P01", "55P03"})
_UNAVAILABLE_SQLSTATE_CLASSES = ("08", "53", "57P", "58")
_LONG_NUMBER = re.compile(r"(?<![\w-])\+?\d{7,}(?![\w-])")

MAX_CONTENTION_RETRIES = 3
T = TypeVar("T")


def is_contention(error: BaseException) -> bool:
    """Return whether transactions blocked each other, so that a retry may well succeed."""
    return isinstance(error, StaleDataError) or _sqlstate(error) in _CONTENTION_SQLSTATES


async def retry_on_contention(transaction: Callable[[], Awaitable[T]]) -> T:
    """Run a transaction, and retry it up to three times after contention."""
    for _ in range(MAX_CONTENTION_RETRIES):
        try:
            return await transaction()
        except Exception as error:
            if not is_contention(error):
                raise
    return await transaction()


def is_unavailable(error: BaseException) -> bool:
    """Return whether the database can't be reached or used, whatever the transaction did."""
    if isinstance(error, DBAPIError):
        state = _sqlstate(error)
        if state is None:
            return error.connection_invalidated or isinstance(error, InterfaceError)
        return error.connection_invalidated or state.startswith(_UNAVAILABLE_SQLSTATE_CLASSES)
    return isinstance(error, PoolTimeout | OSError)


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
