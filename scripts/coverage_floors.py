"""Check a coverage report against the floors of pyproject.toml, one for each group of files."""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Group:
    """The measured coverage of the files of one pattern, in percent, and its floor."""

    pattern: str
    percent: float
    floor: float
    file_count: int

    @property
    def is_below(self) -> bool:
        """Whether the group is below its floor, or has no files that were measured."""
        return self.file_count == 0 or self.percent < self.floor


def measure(report: Mapping[str, Any], floors: Mapping[str, float]) -> Iterator[Group]:
    """Yield each group of a report of coverage.py in JSON: its lines and branches together."""
    for pattern, floor in floors.items():
        summaries = [
            file["summary"] for path, file in report["files"].items() if fnmatchcase(path, pattern)
        ]
        total = sum(one["num_statements"] + one["num_branches"] for one in summaries)
        covered = sum(one["covered_lines"] + one["covered_branches"] for one in summaries)
        yield Group(pattern, 100 * covered / total if total else 0.0, floor, len(summaries))


def main() -> None:
    """Print each group beside its floor; exit with 1 if one is below."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    report = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    groups = list(measure(report, pyproject["tool"]["linli"]["coverage-floors"]))
    for group in groups:
        verdict = "BELOW" if group.is_below else "ok"
        print(f"{verdict:7} {group.percent:6.2f} (floor {group.floor}) {group.pattern}")
    sys.exit(any(group.is_below for group in groups))


if __name__ == "__main__":
    main()
