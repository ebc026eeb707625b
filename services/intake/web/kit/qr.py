"""QR codes as pictures within a page."""

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """A QR code (ISO/IEC 18004) of the text as inline SVG, as wide as its place in the page."""
    drawn = segno.make(text, error="m", micro=False)
    # Drawn by segno from modules alone: nothing of the text is in it as markup.
    return Markup(drawn.svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))  # noqa: S704
