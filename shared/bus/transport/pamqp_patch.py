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
_TIMESTAMP_BYTES = 8


def install_tolerant_decoders() -> None:
    """Let properties that can't be decoded be nothing, in this process; may be called twice."""
    for name, (length, nothing) in _TOLERANT_TYPES.items():
        decoder = decode.METHODS[name]
        if not isinstance(decoder, _TolerantDecoder):
            decode.METHODS[name] = _TolerantDecoder(decoder, length, nothing)


class _TolerantDecoder:
    """A decoder that takes bytes which its own refuses for `nothing`, of the length they have."""

    def __init__(self, decoder: Decoder, length: Callable[[bytes], int], fallback: Any) -> None:
        self._decoder = decoder
        self._length = length
        self._fallback = fallback

    def __call__(self, value: bytes) -> tuple[int, Any]:
        try:
            return self._decoder(value)
        except _FAILURES:
            return self._length(value), self._fallback


def _shortstr_length(value: bytes) -> int:
    return 1 + value[0]


def _table_length(value: bytes) -> int:
    return 4 + int.from_bytes(value[:4], "big")


def _timestamp_length(_value: bytes) -> int:
    return _TIMESTAMP_BYTES


_TOLERANT_TYPES: dict[str, tuple[Callable[[bytes], int], Any]] = {
    "shortstr": (_shortstr_length, ""),
    "table": (_table_length, {}),
    "timestamp": (_timestamp_length, None),
}
