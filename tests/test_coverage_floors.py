"""Coverage is compared with the floors of pyproject.toml, group by group."""

from typing import Any

from scripts.coverage_floors import measure


def make_file(lines: int, covered_lines: int, branches: int, covered_branches: int) -> Any:
    """Return a file of a report with these counts."""
    return {
        "summary": {
            "num_statements": lines,
            "covered_lines": covered_lines,
            "num_branches": branches,
            "covered_branches": covered_branches,
        }
    }


REPORT = {
    "files": {
        "shared/clock.py": make_file(10, 10, 0, 0),
        "shared/bus/inbox/store.py": make_file(30, 20, 10, 6),
        "services/intake/wishes/models.py": make_file(10, 10, 10, 8),
        "services/intake/wishes/api.py": make_file(100, 0, 0, 0),
    }
}


def test_lines_and_branches_of_all_files_of_a_group_are_measured() -> None:
    floors = {"shared/*": {"lines": 75, "branches": 61}, "services/*/models.py": {"branches": 80}}
    assert [(one.percent, one.is_below) for one in measure(REPORT, floors)] == [
        (75.0, False),
        (60.0, True),
        (80.0, False),
    ]


def test_group_without_files_is_below_its_floor() -> None:
    [measurement] = measure(REPORT, {"services/*/actions.py": {"lines": 0}})
    assert measurement.is_below
