"""Text as Chinese input methods write it: letters, digits and signs as wide as a character."""

ASCII = range(0x21, 0x7F)
OFFSET = 0xFEE0


def full_width(text: str) -> str:
    """Return `text` with its ASCII characters in full width."""
    return text.translate({code: code + OFFSET for code in ASCII})
