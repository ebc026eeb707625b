"""Codes that show who somebody is at an event's door, made anew every few minutes.

A code is derived, not stored: a keyed hash of the participation, of what it is for and of the time.
Checking in ends the code for checking in, so that each can be used once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from services.intake.readable_codes import encode, normalize
from shared import clock
from shared.sealing import Sealer

CODE_LENGTH = 6
ROTATION_INTERVAL = timedelta(minutes=5)
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

Purpose = Literal["in", "out"]


@dataclass(frozen=True)
class AttendanceCode:
    """A code of six characters, what it is for, and until when it is shown (and a while longer
    counts)."""

    text: str
    purpose: Purpose
    valid_until: datetime


def code_of(sealer: Sealer, participation: UUID, purpose: Purpose) -> AttendanceCode:
    """The participation's code now."""
    window = _window()
    until = _EPOCH + (window + 1) * ROTATION_INTERVAL
    return AttendanceCode(_text(sealer, participation, purpose, window), purpose, until)


def owner_of(
    sealer: Sealer, typed: str, participations: Iterable[UUID], purpose: Purpose
) -> UUID | None:
    """Whose code that is: what is shown now, or was shown until just now."""
    wanted, window = normalize(typed), _window()
    for id_ in participations:
        if wanted in (_text(sealer, id_, purpose, at) for at in (window, window - 1)):
            return id_
    return None


def _window() -> int:
    return (clock.now() - _EPOCH) // ROTATION_INTERVAL


def _text(sealer: Sealer, participation: UUID, purpose: Purpose, window: int) -> str:
    digest = sealer.blind_index(f"event code\n{participation}\n{purpose}\n{window}")
    return encode(int.from_bytes(digest[:8], "big"), CODE_LENGTH)
