"""Codes that people read out and type: only letters and digits that nobody mistakes."""

from shared.text_validation import fold_width

# 0 O 1 I L 5 S 2 Z 8 B U V are missing: people mistake them on paper and by phone.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"


def encode(number: int, length: int) -> str:
    """Write the last `length` digits of `number` to the base of `ALPHABET`, 4.5 bits each."""
    characters = []
    for _ in range(length):
        number, rest = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[rest])
    return "".join(characters)


def normalize(typed: str) -> str:
    """Return `typed` in plain capitals, without anything but letters and digits."""
    return "".join(character for character in fold_width(typed).upper() if character.isalnum())
