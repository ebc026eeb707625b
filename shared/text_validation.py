"""Text that can be shown and kept: without control characters, which Postgres or people can't."""

import re
from typing import Any

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def is_readable(value: Any) -> bool:
    """Whether no text in a value, of whatever lists and objects, has such characters."""
    # A list of what is still to see, since a client may nest deeper than Python calls.
    waiting = [value]
    while waiting:
        seen = waiting.pop()
        if isinstance(seen, str) and CONTROL.search(seen):
            return False
        if isinstance(seen, dict):
            waiting += seen
            waiting += seen.values()
        elif isinstance(seen, list):
            waiting += seen
    return True
