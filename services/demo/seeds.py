"""Draws for the demo, by hashing one seed, so that they don't depend on the Python version."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

_SEED = "晴岚家园"
_MILLENNIUM_MS = 946_684_800_000


def demo_id(kind: str, number: int) -> UUID:
    """Return the same UUIDv7 on every run; in lists, newest first, number 1 comes first."""
    noise = int.from_bytes(hashlib.sha256(f"{_SEED} {kind} {number}".encode()).digest()[:10], "big")
    millis = _MILLENNIUM_MS - number
    fields = (millis << 80) | (7 << 76) | (noise >> 68 << 64) | (2 << 62) | (noise & (1 << 62) - 1)
    return UUID(int=fields)


def seeded_int(label: str, upper_bound: int) -> int:
    """Return the number from 0 to `upper_bound` - 1 that belongs to `label`."""
    digest = hashlib.sha256(f"{_SEED} {label}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % upper_bound


def seeded_shuffle(label: str, numbers: Sequence[int]) -> list[int]:
    """Return `numbers` in the order that belongs to `label`."""
    return sorted(numbers, key=lambda number: seeded_int(f"{label} {number}", 1 << 62))
