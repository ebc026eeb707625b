"""The result of a run of the benchmarks: its rows as a file, a table and an exit status."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One figure beside its baseline; a higher `ratio` is better, `floor` the lowest allowed."""

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
        """Build the row of a throughput from medians; its ratio is ours over the baseline."""
        own, raw = statistics.median(ours), statistics.median(baseline)
        return cls(name, own, raw, unit, own / raw, floor)

    @classmethod
    def time(
        cls, name: str, unit: str, floor: float, ours: Sequence[float], baseline: Sequence[float]
    ) -> Self:
        """Build the row of a latency from medians; its ratio is the baseline over ours."""
        own, raw = statistics.median(ours), statistics.median(baseline)
        return cls(name, own, raw, unit, raw / own, floor)

    @property
    def passed(self) -> bool:
        """Whether the ratio is at least its floor."""
        return self.ratio >= self.floor


def write_json(rows: Sequence[Row], path: Path) -> None:
    """Write the rows as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", "utf-8")


def render_table(rows: Sequence[Row]) -> Table:
    """Render the rows as a table; mark those below their floor."""
    table = Table("", "ours", "baseline", "", "ratio", "floor")
    for column in table.columns[1:]:
        column.justify = "right"
    table.columns[3].justify = "left"
    for row in rows:
        figures = (_short(row.ours), _short(row.baseline), row.unit)
        ratio = f"{row.ratio:.3f}" if row.passed else f"{row.ratio:.3f} below"
        style = "" if row.passed else "bold red"
        table.add_row(row.name, *figures, ratio, f"{row.floor:.3f}", style=style)
    return table


def exit_status(rows: Sequence[Row]) -> int:
    """Return the exit status of a run: 1 when a ratio is below its floor."""
    return 0 if all(row.passed for row in rows) else 1


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
