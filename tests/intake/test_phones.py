"""The normalization of phone numbers."""

import pytest

from services.intake.phones import normalize


@pytest.mark.parametrize(
    ("typed", "normalized"),
    [
        ("13800001234", "13800001234"),
        ("+86 138-0000-1234", "13800001234"),
        ("0086 13800001234", "13800001234"),
        ("0731 5826 1234", "73158261234"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_number_is_normalized(typed: str, normalized: str) -> None:
    assert normalize(typed) == normalized
    assert normalize(normalized) == normalized


@pytest.mark.parametrize(
    "typed", ["", "12345", "not a phone", "1380000123", "+0", "138000012345678"]
)
def test_invalid_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a phone number"):
        normalize(typed)
