"""Counts a package's logical lines without docstrings, comments and blanks, and its sizes.

`python -m scripts.logical_lines services/intake/wishes shared/contracts/events.py …` runs on any
checkout. Files and functions are measured in physical lines, as a reader sees them.
"""

import ast
import statistics
import sys
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

IGNORED_TOKENS = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


def logical_lines(path: Path) -> int:
    """Return how many logical lines the module has that aren't docstrings or bare strings."""
    count, line = 0, list[int]()
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.NEWLINE:
                count += any(kind != tokenize.STRING for kind in line)
                line.clear()
            elif token.type not in IGNORED_TOKENS:
                line.append(token.type)
    return count


def function_lengths(path: Path) -> Iterator[int]:
    """Yield the physical lines of each function and method, with its decorators."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            yield (node.end_lineno or first) - first + 1


def distribution(sizes: Sequence[int]) -> str:
    """Return the median and the 95th percentile as `median/p95`."""
    p95 = statistics.quantiles(sizes, n=20)[-1] if len(sizes) > 1 else max(sizes, default=0)
    return f"{statistics.median(sizes or [0]):g}/{p95:g}"


def main(arguments: Sequence[str]) -> None:
    """Print the logical lines of each package or module and of all, and the lengths of all."""
    total, files, functions = 0, list[int](), list[int]()
    for argument in arguments:
        root = Path(argument)
        paths = sorted(root.rglob("*.py")) if root.is_dir() else [root]
        lines = sum(logical_lines(path) for path in paths)
        total += lines
        files += [len(path.read_text().splitlines()) for path in paths]
        functions += [length for path in paths for length in function_lengths(path)]
        sys.stdout.write(f"{argument}: {lines} logical lines\n")
    sys.stdout.write(
        f"all: {total} logical lines; median/p95 of files {distribution(files)},"
        f" of functions {distribution(functions)}\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
