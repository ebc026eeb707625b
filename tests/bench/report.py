"""What a run of the benchmarks found: its rows, as a file, as a table, and as a verdict."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure beside its baseline; `ratio` is the better the higher, and has a `floor`."""

    name: str
    ours: float
    baseline: float
    unit: str
    ratio: float
    floor: float

    @classmethod
    def rate(
        cls, name: str, unit: str, floor: float, ours: Sequence[float], baseline: Sequence[float]
    ) -> Self:
        """Throughput, the medians of the rounds: ours over the baseline."""
        own, raw = statistics.median(ours), statistics.median(baseline)
        return cls(name, own, raw, unit, own / raw, floor)

    @classmethod
    def time(
        cls, name: str, unit: str, floor: float, ours: Sequence[float], baseline: Sequence[float]
    ) -> Self:
        """Latency, the medians of the rounds: the baseline over ours."""
        own, raw = statistics.median(ours), statistics.median(baseline)
        return cls(name, own, raw, unit, raw / own, floor)

    @property
    def passed(self) -> bool:
        """Whether the ratio keeps its floor."""
        return self.ratio >= self.floor


def write_json(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", "utf-8")


def render_table(rows: Sequence[Row]) -> Table:
    """The rows for somebody who reads; those below their floor are marked."""
    made = Table("", "ours", "baseline", "", "ratio", "floor")
    for column in made.columns[1:]:
        column.justify = "right"
    made.columns[3].justify = "left"
    for row in rows:
        figures = (_short(row.ours), _short(row.baseline), row.unit)
        ratio = f"{row.ratio:.3f}" if row.passed else f"{row.ratio:.3f} below"
        style = "" if row.passed else "bold red"
        made.add_row(row.name, *figures, ratio, f"{row.floor:.3f}", style=style)
    return made


def exit_status(rows: Sequence[Row]) -> int:
    """The exit status of a run: 1 when a ratio is below its floor."""
    return 0 if all(row.passed for row in rows) else 1


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
