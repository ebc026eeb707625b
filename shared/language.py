"""Two languages, both complete: English sentences are the keys, catalogues have the Chinese."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

Language = Literal["zh", "en"]


class SentenceInContext(str):
    """A sentence with the `context` that tells in which of its senses it is used."""

    context: str


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark a sentence for the catalogue and leave it as it is."""
    return sentence


def P_(context: str, sentence: str) -> str:  # noqa: N802 - as N_, with gettext's "particular"
    """Mark a sentence that would be translated otherwise in another `context`."""
    marked = SentenceInContext(sentence)
    marked.context = context
    return marked


def _load(folder: Path) -> Translations:
    compiled = BytesIO()
    with (folder / "zh/LC_MESSAGES/messages.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale="zh"))
    compiled.seek(0)
    return Translations(compiled)


# The sentences of shared, and of each service that runs in this process.
CHINESE = _load(Path(__file__).parent / "locale")


@cache
def add_catalogue(folder: Path) -> None:
    """Add the Chinese sentences of a service, from their source so that there is no build step.

    Catalogues agree on the sentences that they share (`scripts.translations` checks it).
    """
    CHINESE.merge(_load(folder))


def translate(sentence: str, language: Language, **params: object) -> str:
    """Translate the sentence to `language` and fill its `%(name)s` places from `params`."""
    if language == "en":
        text = sentence
    elif isinstance(sentence, SentenceInContext):
        text = str(CHINESE.pgettext(sentence.context, sentence))
    else:
        text = CHINESE.gettext(sentence)
    return text % params if params else text


def preferred(accept_language: str | None) -> Language:
    """Negotiate the language of an Accept-Language header (RFC 9110, section 12.5.4)."""
    weighted: list[tuple[float, str]] = []
    for part in (accept_language or "").lower().replace(" ", "").split(","):
        tag, _, quality = part.partition(";q=")
        try:
            weighted.append((float(quality or 1), tag))
        except ValueError:
            continue
    # Of languages with the same weight, the order of the tags puts Chinese first.
    tags = [tag for weight, tag in sorted(weighted, reverse=True) if weight > 0]
    return "en" if negotiate_locale(tags, ["zh", "en"], sep="-") == "en" else "zh"
