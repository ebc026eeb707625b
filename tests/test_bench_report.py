"""The report of the benchmarks has the promised fields and a verdict by ratio."""

import json
from pathlib import Path

from tests.bench.report import Row, exit_status, write_json

FAST = Row.rate("joins", "joins/s", 0.2, [90.0, 300.0, 100.0], [400.0, 200.0, 100.0])
SLOW = Row.time("latency, p50", "ms", 0.5, [20.0, 21.0, 1.0], [5.0, 5.0, 90.0])


def test_row_is_written_with_exactly_the_promised_fields(tmp_path: Path) -> None:
    write_json([FAST, SLOW], tmp_path / "build" / "bench.json")
    assert json.loads((tmp_path / "build" / "bench.json").read_text("utf-8")) == [
        {
            "name": "joins",
            "ours": 100.0,
            "baseline": 200.0,
            "unit": "joins/s",
            "ratio": 0.5,
            "floor": 0.2,
        },
        {
            "name": "latency, p50",
            "ours": 20.0,
            "baseline": 5.0,
            "unit": "ms",
            "ratio": 0.25,
            "floor": 0.5,
        },
    ]


def test_run_fails_when_one_ratio_is_below_its_floor() -> None:
    assert exit_status([FAST]) == 0
    assert exit_status([FAST, SLOW]) == 1


def test_ratio_at_its_floor_passes() -> None:
    assert exit_status([Row("joins", 1.0, 5.0, "joins/s", 0.2, 0.2)]) == 0
