"""Patch of pamqp: an AMQP property that can't be decoded becomes an empty one.

RabbitMQ forwards properties unread. A property that can't be decoded (a time in microseconds, a
name in Latin-1) raises inside the client's reader; this closes the connection, and the broker
delivers the message again: one message of any publisher would stop its readers for good.
"""

import struct
from collections.abc import Callable
from typing import Any

from pamqp import decode

Decoder = Callable[[bytes], tuple[int, Any]]
_FAILURES = (ValueError, KeyError, OverflowError, OSError, IndexError, struct.error)
_TIMESTAMP_BYTES = 8


def install_tolerant_decoders() -> None:
    """Replace the decoders of this process by tolerant ones; may be called twice."""
    for name, (length, fallback) in _TOLERANT_TYPES.items():
        decoder = decode.METHODS[name]
        if not isinstance(decoder, _TolerantDecoder):
            decode.METHODS[name] = _TolerantDecoder(decoder, length, fallback)


class _TolerantDecoder:
    """A decoder that returns `fallback` and the bytes' length where `decoder` fails."""

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
