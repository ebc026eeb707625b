"""Coverage is compared with the floors of pyproject.toml, group by group."""

from typing import Any

from scripts.coverage_floors import measure

FLOORS = {"shared/*": 90, "services/*/models.py": 60, "services/*/actions.py": 1}


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
        "shared/bus/inbox/store.py": make_file(20, 20, 10, 5),
        "services/intake/wishes/models.py": make_file(10, 10, 10, 2),
        "services/intake/wishes/api.py": make_file(100, 0, 0, 0),
    }
}


def test_lines_and_branches_of_all_files_of_a_group_count() -> None:
    shared, models, _ = measure(REPORT, FLOORS)
    assert (shared.percent, shared.file_count, shared.is_below) == (87.5, 2, True)
    assert (models.percent, models.file_count, models.is_below) == (60.0, 1, False)


def test_group_without_files_is_below_its_floor() -> None:
    *_, actions = measure(REPORT, FLOORS)
    assert actions.is_below
