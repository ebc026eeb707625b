"""One written form for each phone number."""

import pytest

from services.intake.residents.phones import normalize


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("13800001234", "13800001234"),
        ("+86 138-0000-1234", "13800001234"),
        ("0086 13800001234", "13800001234"),
        ("0731 5826 1234", "73158261234"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_a_number_has_one_form(said: str, form: str) -> None:
    assert normalize(said) == form
    assert normalize(form) == form


@pytest.mark.parametrize(
    "said", ["", "12345", "not a phone", "1380000123", "+0", "138000012345678"]
)
def test_what_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="not a phone number"):
        normalize(said)
