"""Text as Chinese input methods write it: letters, digits and signs as wide as a character."""

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def full_width(text: str) -> str:
    """Return `text` with its ASCII characters in full width."""
    return text.translate(FULL_WIDTH)
