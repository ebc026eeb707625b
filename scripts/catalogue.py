"""Brings the catalogue of Chinese texts up to date with the code, or says what differs."""

import argparse
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from shared.contracts.asyncapi import summary_of
from shared.contracts.envelope import Contract
from shared.contracts.partners import CONTRACTS, External
from shared.contracts.registry import REGISTRY

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "shared/locale/zh.po"
SOURCES = ("shared", "services")
KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
EXCLUDED_FOLDERS = {"migrations", "vendor", "node_modules"}
HEADER = "# Chinese texts of Linli: English sentences are the keys."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail if it is behind")
    arguments = parser.parse_args()
    used, known = collect_sentences(), read_catalogue()
    if arguments.check:
        if sentences := differences(used, known):
            sys.exit("\n".join(sentences))
        return
    CATALOGUE.write_bytes(serialize(used, known))
    for sentence in differences(used, read_catalogue()):
        print(sentence)


def collect_sentences() -> set[str]:
    """Every sentence that code and templates mark for translation, and what each message says."""
    marked = {sentence for source in SOURCES for sentence in _extract_sentences(ROOT / source)}
    contracts: list[type[Contract]] = [*REGISTRY.values(), *CONTRACTS.values(), External]
    return marked | {summary_of(contract) for contract in contracts}


def read_catalogue() -> dict[str, Message]:
    """What the catalogue says of each sentence."""
    with CATALOGUE.open("rb") as source:
        return {str(message.id): message for message in read_po(source, locale="zh") if message.id}


def differences(used: set[str], entries: dict[str, Message]) -> list[str]:
    """What is missing, what nobody uses, and what doesn't have the places of its English."""
    said = {sentence for sentence, message in entries.items() if message.string}
    broken = [m for m in entries.values() if any(m.check())]
    return [
        *(f"Without Chinese: {sentence!r}" for sentence in sorted(used - said)),
        *(f"Nobody uses: {sentence!r}" for sentence in sorted(entries.keys() - used)),
        *(f"Its places differ from the English: {message.id!r}" for message in broken),
    ]


def serialize(used: set[str], entries: dict[str, Message]) -> bytes:
    """The catalogue with exactly the sentences that are used, in the order of the alphabet."""
    catalogue = Catalog(locale="zh", header_comment=HEADER, fuzzy=False)
    for sentence in sorted(used, key=lambda sentence: (sentence.casefold(), sentence)):
        flags = ["python-format"] if "%(" in sentence else []
        catalogue.add(
            sentence, entries[sentence].string if sentence in entries else "", flags=flags
        )
    packed = BytesIO()
    write_po(packed, catalogue, omit_header=True, width=100)
    return f"{HEADER}\n{PREAMBLE}\n".encode() + packed.getvalue()


PREAMBLE = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Language: zh\n"
"""


def _extract_sentences(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*")):
        method = {".py": "python", ".html": "jinja2"}.get(file.suffix)
        if method is None or EXCLUDED_FOLDERS & set(file.parts):
            continue
        with file.open("rb") as source:
            options = {"newstyle_gettext": "true", "trimmed": "true"} if method == "jinja2" else {}
            for _line, sentence, _comments, _context in extract(
                method, source, KEYWORDS, options=options
            ):
                yield sentence if isinstance(sentence, str) else sentence[0]


if __name__ == "__main__":
    main()
