"""Check a coverage report against the floors of pyproject.toml, two for each group of files."""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# The names of coverage.py for what there is and what of it ran.
COUNTS = {
    "lines": ("num_statements", "covered_lines"),
    "branches": ("num_branches", "covered_branches"),
}


@dataclass(frozen=True)
class Measurement:
    """The lines or the branches of the files of one pattern that ran, in percent; None of none."""

    pattern: str
    kind: str
    percent: float | None
    floor: float

    @property
    def is_below(self) -> bool:
        """Whether it is below its floor, or nothing was measured."""
        return self.percent is None or self.percent < self.floor


def measure(
    report: Mapping[str, Any], floors: Mapping[str, Mapping[str, float]]
) -> Iterator[Measurement]:
    """Yield what a report of coverage.py in JSON says of each group, in the order of the floors."""
    for pattern, floor_by_kind in floors.items():
        files = [file for path, file in report["files"].items() if fnmatchcase(path, pattern)]
        for kind, floor in floor_by_kind.items():
            total, covered = (sum(file["summary"][name] for file in files) for name in COUNTS[kind])
            percent = 100 * covered / total if total else None
            yield Measurement(pattern, kind, percent, floor)


def main() -> None:
    """Print each measurement beside its floor; exit with 1 if one is below."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    report = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    measurements = list(measure(report, pyproject["tool"]["linli"]["coverage-floors"]))
    for one in measurements:
        verdict = "BELOW" if one.is_below else "ok"
        print(f"{verdict:6} {one.percent or 0:6.2f} % (floor {one.floor}) {one.kind} {one.pattern}")
    sys.exit(any(one.is_below for one in measurements))


if __name__ == "__main__":
    main()
