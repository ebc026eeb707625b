"""Icons: drawings of the package lucide-static, inlined in pages."""

import re
from functools import cache

from markupsafe import Markup

from services.intake.web.kit.assets import ICONS, AssetsMissing

SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
TEMPLATE = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>'


@cache
def icon(name: str) -> Markup:
    """Return the drawing `name`, hidden from screen readers. Raises: AssetsMissing."""
    try:
        match = SVG.search((ICONS / f"{name}.svg").read_text("utf-8"))
    except FileNotFoundError:
        match = None
    if match is None:
        raise AssetsMissing(f"icons/{name}.svg")
    return Markup(TEMPLATE.format(" ".join(match[1].split())))  # noqa: S704 (npm checked the package)
