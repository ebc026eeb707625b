"""CloudEvents 1.0.2: which attributes of an event in JSON are invalid.

Source: the core specification, sections 3.1 (types, names) and 3.1.1 (attributes), and the JSON
format, section 2. The envelope checks what it reads itself; this checks all that a publisher wrote.
"""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

MAX_INTEGER = 2**31 - 1
MIN_INTEGER = -(2**31)
DATA = ("data", "data_base64")
RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_NAME = re.compile(r"[a-z0-9]+")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/([\w!#$&^.+-]+)\s*(;.*)?", re.ASCII)
_ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
# Control characters, surrogates and noncharacters.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)


def invalid_attributes(event: Mapping[str, Any]) -> list[str]:
    """Return the names of the attributes that the standard calls invalid, each with the reason."""
    faults = [
        f"{name} ({reason})"
        for name, value in event.items()
        if name not in DATA and value is not None and (reason := _fault(name, value))
    ]
    if all(event.get(name) is not None for name in DATA):
        faults.append("data_base64 (beside data)")
    if not all(math.isfinite(number) for number in _floats(event.get("data"))):
        faults.append("data (a number that JSON doesn't know)")
    return faults


def _fault(name: str, value: Any) -> str | None:
    if not _NAME.fullmatch(name):
        return "lower-case letters and digits only"
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if MIN_INTEGER <= value <= MAX_INTEGER else "beyond 32 bits"
    if not isinstance(value, str):
        return "neither text nor truth nor whole number"
    if _FORBIDDEN.search(value):
        return "control characters"
    return _text_fault(name, value)


def _text_fault(name: str, value: str) -> str | None:
    if name == "datacontenttype":
        subtype = _MEDIA_TYPE.fullmatch(value)
        is_json = subtype is not None and subtype[1].lower().rpartition("+")[2] == "json"
        return None if is_json else "not a JSON media type"
    if name == "dataschema":
        return None if _ABSOLUTE_URI.fullmatch(value) else "not an absolute URI"
    if name == "time":
        return None if RFC3339.fullmatch(value) else "not RFC 3339"
    return None


def _floats(value: Any) -> Iterator[float]:
    """Yield the fractions inside of a value, at any depth."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _floats(part)
    elif isinstance(value, list):
        for part in value:
            yield from _floats(part)
