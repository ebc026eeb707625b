"""Codes that people read out, hear and type: letters and digits that nobody mistakes."""

# Without 0 O 1 I L 5 S 2 Z 8 B U V, which are mistaken for each other on paper and by phone.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"


def encode(number: int, length: int) -> str:
    """The last `length` characters of a number in that alphabet, 4.5 bits each."""
    characters = []
    for _ in range(length):
        number, rest = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[rest])
    return "".join(characters)


def normalize(typed: str) -> str:
    """What somebody typed, in capitals and without what stands between the characters."""
    return "".join(character for character in typed.upper() if character.isalnum())
