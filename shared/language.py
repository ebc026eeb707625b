"""Two languages, both complete: English sentences are the keys, the catalogue has the Chinese."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["zh", "en"]
CATALOGUE = Path(__file__).parent / "locale" / "zh.po"


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a sentence for the catalogue and leave it as it is."""
    return sentence


@cache
def chinese() -> GNUTranslations:
    """Load the Chinese catalogue from its source, once, so that there is no build step."""
    compiled = BytesIO()
    with CATALOGUE.open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh"))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(sentence: str, language: Language, **params: object) -> str:
    """Translate the sentence to `language` and fill its `%(name)s` places from `params`."""
    text = chinese().gettext(sentence) if language == "zh" else sentence
    return text % params if params else text


def preferred(accept_language: str | None) -> Language:
    """Negotiate the language of an Accept-Language header (RFC 9110, section 12.5.4)."""
    weights: dict[str, float] = {}
    for part in (accept_language or "").lower().split(","):
        tag, _, quality = part.partition(";q=")
        try:
            weights.setdefault(tag.strip()[:2], float(quality or 1))
        except ValueError:
            continue
    return "en" if weights.get("en", 0) > weights.get("zh", 0) else "zh"
