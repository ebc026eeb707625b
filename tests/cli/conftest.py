"""The environment of the command line."""

import pytest

from tests.cli.invariants import environment
from tests.support.system import RunningSystem


@pytest.fixture
def cli_environment(running_system: RunningSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment in which the command line reaches the system."""
    monkeypatch.setenv("LOGNAME", "wang")
    for name, value in environment(running_system).items():
        monkeypatch.setenv(name, value)
