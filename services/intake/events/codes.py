"""Rotating codes that identify a participant at check-in and check-out, derived and not stored."""

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

# A check-in changes the purpose of the next code, so that each code can be used only once.
Purpose = Literal["in", "out"]


@dataclass(frozen=True)
class AttendanceCode:
    """A code of six characters, shown until `valid_until` and accepted for one rotation more."""

    text: str
    purpose: Purpose
    valid_until: datetime


def derive_code(sealer: Sealer, participation: UUID, purpose: Purpose) -> AttendanceCode:
    """Return the participation's present code."""
    window = _window()
    until = _EPOCH + (window + 1) * ROTATION_INTERVAL
    return AttendanceCode(_text(sealer, participation, purpose, window), purpose, until)


def find_owner(
    sealer: Sealer, typed: str, participations: Iterable[UUID], purpose: Purpose
) -> UUID | None:
    """Return the participation whose present or previous code was `typed`, or None."""
    code, window = normalize(typed), _window()
    for id_ in participations:
        if code in (_text(sealer, id_, purpose, at) for at in (window, window - 1)):
            return id_
    return None


def _window() -> int:
    return (clock.now() - _EPOCH) // ROTATION_INTERVAL


def _text(sealer: Sealer, participation: UUID, purpose: Purpose, window: int) -> str:
    digest = sealer.blind_index(f"event code\n{participation}\n{purpose}\n{window}")
    return encode(int.from_bytes(digest[:8], "big"), CODE_LENGTH)
