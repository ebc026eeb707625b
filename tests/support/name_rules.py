"""The naming rules as functions over source text, so that tests can plant what they refuse."""

import ast
import io
import keyword
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

# Words that say nothing of what a name holds: each stands for "the one that was …".
WORDS = frozenset(
    [
        "said",
        "told",
        "kept",
        "seen",
        "shown",
        "wanted",
        "found",
        "came",
        "asked",
        "taken",
        "made",
        "known",
        "begun",
        "held",
        "heard",
        "given",
        "gone",
        "done",
        "let",
    ]
)
# Names of others: `asyncio.Task.done`, `hypothesis.given`, HTTP's Not Found; and our own states,
# columns and public fields, which are data and not names of code.
FOREIGN = frozenset({"add_done_callback", "done", "given", "NotFound"})
PUBLIC = frozenset({"held", "taken", "taken_by_me", "DONE"})
UNITS = [
    "SECONDS",
    "MS",
    "MINUTES",
    "HOURS",
    "DAYS",
    "BYTES",
    "PX",
    "PIXELS",
    "PERCENT",
    "ATTEMPTS",
    "SIZE",
    "COUNT",
    "LENGTH",
    "POINTS",
    "PLACES",
    "WORKERS",
    "CONNECTIONS",
    "LANES",
    "REPLICAS",
    "ROUNDS",
    "SEEDS",
    "LINES",
    "CHARACTERS",
    "TIMES",
    "PEOPLE",
    "WIDTH",
    "HEIGHT",
]
_HAS_UNIT = re.compile(rf"(^|_)({'|'.join(UNITS)})(_|$)|_PER_|(^|_)(MAX|MIN|LIMIT)(_|$)")
_HAS_SPAN = re.compile(
    r"_(AFTER|BEFORE|WITHIN|FOR|TTL|INTERVAL|WINDOW|RETENTION|GRACE|DELAY|TIMEOUT|AHEAD|DURATION|AGE)$"
    r"|_(AFTER|BEFORE)_|(^|_)(MAX|MIN)_"
)


def words_of(name: str) -> list[str]:
    """Split a name in snake case, camel case or capitals into its words, in small letters."""
    return [
        word.lower() for word in re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).split("_") if word
    ]


def identifiers(source: str) -> Iterator[str]:
    """List every identifier of a module, each as often as it stands there."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
            yield token.string


def empty_words(names: Iterable[str]) -> Counter[str]:
    """Count the identifiers that hold a listed word; `*_at` columns and names of others aside."""
    return Counter(
        name
        for name in names
        if WORDS.intersection(words_of(name))
        and name not in FOREIGN | PUBLIC
        and not name.endswith("_at")
    )


def class_names(source: str) -> Iterator[str]:
    """List the classes that a module declares at its top."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            yield node.name


def repeated_classes(names_by_module: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """List the class names that stand in several of these modules, with the modules."""
    modules: dict[str, list[str]] = {}
    for module, names in names_by_module.items():
        for name in names:
            modules.setdefault(name, []).append(module)
    return {name: sorted(found) for name, found in modules.items() if len(found) > 1}


def is_vague_module(path: PurePath) -> bool:
    """Check whether a module is named by a listed word or ends in `-ing`."""
    stem = path.stem.removeprefix("test_")
    return bool(WORDS.intersection(words_of(stem))) or stem.endswith("ing")


def constants_without_unit(source: str) -> Iterator[str]:
    """List the constants of time, size or count whose name has no unit, MAX_ or MIN_."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if not isinstance(target, ast.Name) or not target.id.isupper():
                continue
            if (_is_number(node.value) and not _HAS_UNIT.search(target.id)) or (
                _is_timedelta(node.value) and not _HAS_SPAN.search(target.id)
            ):
                yield target.id


def _is_number(value: ast.expr) -> bool:
    if isinstance(value, ast.BinOp):
        return _is_number(value.left) and _is_number(value.right)
    return isinstance(value, ast.Constant) and type(value.value) in (int, float)


def _is_timedelta(value: ast.expr) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Name)
        and value.func.id == "timedelta"
    )
