"""The sealing, look-up and masking of personal data."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from shared.sealing import Sealer, mask_phone

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
LOOKUP_KEY = b"l" * 32
PHONE = "+8613812345678"


def test_sealed_text_opens_after_the_keys_were_rotated() -> None:
    sealed = Sealer([OLD], LOOKUP_KEY).seal(PHONE)
    assert PHONE not in sealed
    assert Sealer([NEW, OLD], LOOKUP_KEY).unseal(sealed) == PHONE


def test_sealed_text_stays_shut_without_its_key() -> None:
    sealed = Sealer([OLD], LOOKUP_KEY).seal(PHONE)
    with pytest.raises(InvalidToken):
        Sealer([NEW], LOOKUP_KEY).unseal(sealed)


def test_lookup_is_the_same_whatever_the_sealing_keys() -> None:
    assert Sealer([OLD], LOOKUP_KEY).blind_index(PHONE) == Sealer([NEW], LOOKUP_KEY).blind_index(
        PHONE
    )
    assert Sealer([OLD], LOOKUP_KEY).blind_index(PHONE) != Sealer([OLD], b"m" * 32).blind_index(
        PHONE
    )


def test_phone_is_masked_whether_long_or_short() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("110") == "****"
