"""QR codes as inline SVG."""

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """Draw `text` as a QR code (ISO/IEC 18004) in inline SVG, as wide as its container."""
    code = segno.make(text, error="m", micro=False)
    # Safe as markup: segno draws modules only and copies nothing of the text.
    return Markup(code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))  # noqa: S704
