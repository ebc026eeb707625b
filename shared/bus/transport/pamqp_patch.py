"""Reading what publishers put into AMQP properties, whatever it is.

RabbitMQ passes properties on unread. Ones that can't be decoded (a time in microseconds, a name in
Latin-1) raise inside the client's reader, which ends the connection, and the message comes again:
so one message of anybody's would stop its readers for good. Here they are read as nothing instead.
"""

import struct
from collections.abc import Callable
from typing import Any

from pamqp import decode

Decoder = Callable[[bytes], tuple[int, Any]]
_FAILURES = (ValueError, KeyError, OverflowError, OSError, IndexError, struct.error)
_TIME = 8


def tolerate() -> None:
    """Let properties that can't be decoded be nothing, in this process; may be called twice."""
    for name, (length, nothing) in _TOLERATED.items():
        decoder = decode.METHODS[name]
        if not isinstance(decoder, _Tolerant):
            decode.METHODS[name] = _Tolerant(decoder, length, nothing)


class _Tolerant:
    """A decoder that takes bytes which its own refuses for `nothing`, of the length they have."""

    def __init__(self, decoder: Decoder, length: Callable[[bytes], int], nothing: Any) -> None:
        self._decoder = decoder
        self._length = length
        self._nothing = nothing

    def __call__(self, value: bytes) -> tuple[int, Any]:
        try:
            return self._decoder(value)
        except _FAILURES:
            return self._length(value), self._nothing


def _short(value: bytes) -> int:
    return 1 + value[0]


def _long(value: bytes) -> int:
    return 4 + int.from_bytes(value[:4], "big")


def _moment(_value: bytes) -> int:
    return _TIME


_TOLERATED: dict[str, tuple[Callable[[bytes], int], Any]] = {
    "shortstr": (_short, ""),
    "table": (_long, {}),
    "timestamp": (_moment, None),
}
