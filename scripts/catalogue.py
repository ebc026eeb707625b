"""Update the catalogue of Chinese texts from the code, or check it against the code."""

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
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail where they differ"
    )
    arguments = parser.parse_args()
    used, entries = collect_sentences(), read_catalogue()
    if arguments.check:
        if sentences := differences(used, entries):
            sys.exit("\n".join(sentences))
        return
    CATALOGUE.write_bytes(serialize(used, entries))
    for sentence in differences(used, read_catalogue()):
        print(sentence)


def collect_sentences() -> set[str]:
    """Collect the sentences that code and templates mark for translation, and of contracts."""
    marked = {sentence for source in SOURCES for sentence in _extract_sentences(ROOT / source)}
    contracts: list[type[Contract]] = [*REGISTRY.values(), *CONTRACTS.values(), External]
    return marked | {summary_of(contract) for contract in contracts}


def read_catalogue() -> dict[str, Message]:
    """Read the catalogue: its entry of each sentence."""
    with CATALOGUE.open("rb") as source:
        return {str(message.id): message for message in read_po(source, locale="zh") if message.id}


def differences(used: set[str], entries: dict[str, Message]) -> list[str]:
    """List sentences without Chinese, without a use, or with other placeholders in Chinese."""
    translated = {sentence for sentence, message in entries.items() if message.string}
    broken = [m for m in entries.values() if any(m.check())]
    return [
        *(f"Without Chinese: {sentence!r}" for sentence in sorted(used - translated)),
        *(f"Nobody uses: {sentence!r}" for sentence in sorted(entries.keys() - used)),
        *(f"Other placeholders than in English: {message.id!r}" for message in broken),
    ]


def serialize(used: set[str], entries: dict[str, Message]) -> bytes:
    """Serialize a catalogue of exactly the sentences of `used`, in alphabetical order."""
    catalogue = Catalog(locale="zh", header_comment=HEADER, fuzzy=False)
    for sentence in sorted(used, key=lambda sentence: (sentence.casefold(), sentence)):
        flags = ["python-format"] if "%(" in sentence else []
        catalogue.add(
            sentence, entries[sentence].string if sentence in entries else "", flags=flags
        )
    buffer = BytesIO()
    write_po(buffer, catalogue, omit_header=True, width=100)
    return f"{HEADER}\n{PREAMBLE}\n".encode() + buffer.getvalue()


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
