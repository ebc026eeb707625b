"""Validation of text: no control characters, which Postgres refuses or readers can't see."""

import re
from typing import Any

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def is_readable(value: Any) -> bool:
    """Check that no text in a value, however nested, has control characters."""
    # A list instead of recursion, since a client may nest deeper than Python calls.
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str) and CONTROL.search(item):
            return False
        if isinstance(item, dict):
            pending += item
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return True
