"""List what pybabel lets pass: sentences without Chinese, and Chinese that fits them badly."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = "locale/zh/LC_MESSAGES/messages.po"


def main() -> None:
    """Fail with a line for each sentence that a person has to mend."""
    if lines := list(faults(message for path in catalogues() for message in read(path))):
        sys.exit("\n".join(lines))


def catalogues() -> list[Path]:
    """Return the catalogues of shared and of the services."""
    return [*ROOT.glob(f"shared/{CATALOGUE}"), *sorted(ROOT.glob(f"services/*/{CATALOGUE}"))]


def read(path: Path) -> list[Message]:
    """Read the entries of a catalogue, without its header."""
    with path.open("rb") as source:
        return [message for message in read_po(source, locale="zh") if message.id]


def faults(messages: Iterable[Message]) -> Iterator[str]:
    """Yield a line for each fault; a sentence of two services has the same Chinese in both."""
    translations: dict[tuple[object, object], object] = {}
    for message in messages:
        key = (message.context, message.id)
        texts = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.fuzzy or not all(texts):
            yield f"Without Chinese: {message.id!r}"
        if any(message.check()):
            yield f"Other placeholders than in English: {message.id!r}"
        if translations.setdefault(key, message.string) != message.string:
            yield f"Two translations, so a context (P_) is missing: {message.id!r}"


if __name__ == "__main__":
    main()
