"""The conventions that no tool checks: names, and the size and documentation of files."""

import ast
import io
import keyword
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

import pytest

from tests.support.checkout import ROOT, list_tracked

# Each of these stands for "the one that was …" and says nothing of what a name holds.
EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "said told kept seen shown wanted found came asked taken made known begun held heard given"
        " gone done let",
    )
)
# Names of others (a callback of asyncio, a decorator of hypothesis, HTTP's Not Found, an error of
# aio-pika), and names that are data: a state, a column of the ledger, fields of the API.
EXEMPT_NAMES = frozenset(
    {"add_done_callback", "given", "NotFound", "ChannelNotFoundEntity"}
    | {"DONE", "held", "taken", "taken_by_me"}
)
MAX_EMPTY_WORDS_PER_THOUSAND = 1.0
VAGUE_MODULES = {
    "utils",
    "helpers",
    "helper",
    "manager",
    "managers",
    "data",
    "info",
    "common",
    "misc",
}
# Nouns and verbs of the field, though they end in `-ing`.
ING_MODULES = {"sealing", "tracing", "rendering", "templating", "image_processing", "scoping"}
UNIT = re.compile(
    r"(^|_)(SECONDS|MS|MINUTES|HOURS|DAYS|BYTES|PX|PERCENT|ATTEMPTS|DELIVERIES|SIZE|COUNT|LENGTH"
    r"|DIGITS|POINTS|PLACES|WORKERS|CONNECTIONS|CLIENTS|FAILURES|CHARS|COLUMNS|MAX|MIN|LIMIT)(_|$)|_PER_"
)
SPAN = re.compile(
    r"_(AFTER|BEFORE|WITHIN|FOR|TTL|INTERVAL|WINDOW|RETENTION|GRACE|DELAY|TIMEOUT|AHEAD|AGE|DURATION)(_|$)"
    r"|(^|_)(MAX|MIN)_"
)
# Numbers that are no time, size or count: a code, a quality, a version, a coordinate, a year.
NO_AMOUNT = re.compile(r"(CODE|QUALITY|VERSION|REVISION|_X|_Y|YEAR|MARGIN|STATUS|PORT|TOO_LARGE)$")
MAX_FILE_LINES, MAX_FUNCTION_LINES = 300, 40
PYTHON_FILES = list_tracked("shared/*.py", "services/*.py", "tests/*.py", "scripts/*.py")
NAMED_FILES = [file for file in PYTHON_FILES if file.relative_to(ROOT).parts[0] != "scripts"]


def words_of(name: str) -> set[str]:
    """Split a name in snake case, camel case or capitals into its words, in small letters."""
    snake = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return {word.lower() for word in snake.split("_") if word}


def identifiers(source: str) -> Iterator[str]:
    """Yield every identifier of a module, each as often as it stands there."""
    previous = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            # `task.done()` is asyncio's.
            yield f".{token.string}" if previous == "." and token.string == "done" else token.string
        previous = token.string


def empty_names(names: Iterable[str]) -> Counter[str]:
    """Count the identifiers that hold an empty word; `*_at` columns are data."""
    return Counter(
        name
        for name in names
        if EMPTY_WORDS & words_of(name) and name not in EXEMPT_NAMES and not name.endswith("_at")
    )


def repeated_classes(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """List the class names that several of these modules declare, with the modules."""
    modules: dict[str, list[str]] = {}
    for module, source in sources.items():
        classes = {
            node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)
        }
        for name in classes:
            modules.setdefault(name, []).append(module)
    return {name: places for name, places in modules.items() if len(places) > 1}


def is_vague(path: PurePath) -> bool:
    """Check whether a module's name is an empty word, ends in `-ing`, or says nothing."""
    stem = path.stem.removeprefix("test_")
    ends_in_ing = stem.endswith("ing") and stem not in ING_MODULES
    return bool(EMPTY_WORDS & words_of(stem)) or ends_in_ing or stem in VAGUE_MODULES


def constants_without_unit(source: str) -> list[str]:
    """List the constants of time, size or count whose name has no unit, no MAX_ and no MIN_."""
    return [
        name
        for name, value in constants(source)
        if (_is_amount(value) and not (UNIT.search(name) or NO_AMOUNT.search(name)))
        or (_is_timedelta(value) and not SPAN.search(name))
    ]


def constants(source: str) -> Iterator[tuple[str, ast.expr]]:
    """Yield the name and the value of every constant, with or without an annotation."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id.isupper():
                    yield target.id, node.value


def _is_amount(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return _is_amount(value.left) and _is_amount(value.right)
    if isinstance(value, ast.UnaryOp):
        return _is_amount(value.operand)
    return isinstance(value, ast.Constant) and type(value.value) in (int, float)


def _is_timedelta(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "timedelta"


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Yield the name and the length of every function in `file`, without its docstring."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            start = (
                first.end_lineno if ast.get_docstring(node) and first.end_lineno else node.lineno
            )
            yield node.name, (node.end_lineno or 0) - start


def test_empty_words_are_below_one_of_a_thousand_identifiers() -> None:
    names = [name for file in NAMED_FILES for name in identifiers(file.read_text("utf-8"))]
    empty = empty_names(names)
    assert 1000 * empty.total() / len(names) < MAX_EMPTY_WORDS_PER_THOUSAND, empty.most_common(20)


@pytest.mark.parametrize("service", ["intake", "volunteers", "notify", "cli", "demo"])
def test_no_class_name_stands_twice_in_shared_and_a_service(service: str) -> None:
    files = [*list_tracked("shared/*.py"), *list_tracked(f"services/{service}/*.py")]
    assert len(files) > 60
    sources = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in files}
    assert repeated_classes(sources) == {}


def test_every_module_is_named_by_a_noun() -> None:
    # Released migrations keep their file names.
    files = [file for file in NAMED_FILES if "migrations/versions" not in str(file)]
    assert [str(file.relative_to(ROOT)) for file in files if is_vague(file)] == []


def test_every_constant_of_time_size_or_count_names_its_unit() -> None:
    assert [
        f"{file.relative_to(ROOT)}: {name}"
        for file in NAMED_FILES
        for name in constants_without_unit(file.read_text("utf-8"))
    ] == []


def test_planted_violations_are_reported() -> None:
    assert empty_names(
        identifiers("found_rows = 1\nclass Told: ...\ntask.done()\nkept_at = 2")
    ) == {
        "found_rows": 1,
        "Told": 1,
    }
    assert repeated_classes({"a": "class Wish: ...", "b": "class Wish: ...\nclass Other: ..."}) == {
        "Wish": ["a", "b"]
    }
    assert repeated_classes({"a": "class A:\n    class Row: ...", "b": "class Row: ..."}) == {
        "Row": ["a", "b"]
    }
    assert is_vague(PurePath("services/intake/web/planning.py"))
    assert is_vague(PurePath("tests/bus/kept.py"))
    assert is_vague(PurePath("shared/utils.py"))
    assert not is_vague(PurePath("shared/sealing.py"))
    source = "POLL = 1.0\nGRACE = timedelta(days=1)\nPOLL_SECONDS = 1.0\nMAX_PHOTOS = 4 * 2"
    assert constants_without_unit(source) == ["POLL", "GRACE"]
    assert constants_without_unit("POLL: float = 1.0\nSHIFT = -5\nNEXT: int") == ["POLL", "SHIFT"]


def test_files_and_functions_stay_small() -> None:
    files = [f for f in PYTHON_FILES if len(f.read_text("utf-8").splitlines()) > MAX_FILE_LINES]
    assert not [str(f.relative_to(ROOT)) for f in files]
    long = [
        f"{file.relative_to(ROOT)}: {name} has {lines} lines"
        for file in PYTHON_FILES
        if "migrations/versions" not in str(file)
        for name, lines in functions(file)
        if lines > MAX_FUNCTION_LINES
    ]
    assert not long


def test_every_module_has_a_docstring() -> None:
    undocumented = [
        str(file.relative_to(ROOT))
        for file in PYTHON_FILES
        if (text := file.read_text("utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert not undocumented


@pytest.mark.parametrize("name", [path.name for path in list_tracked("docs/decisions/*.md")])
def test_decision_is_one_page_with_its_three_headings(name: str) -> None:
    text = (ROOT / "docs/decisions" / name).read_text("utf-8")
    assert re.match(r"\d{4}-[a-z0-9-]+\.md", name)
    assert len(text.splitlines()) <= 60
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings == ["Context", "Decision", "What follows"]
