"""Intake reads a renamed setting under its new name, and for one release under its old name."""

import pytest

from services.intake.main import SERVICE
from services.intake.settings import IntakeSettings
from shared.settings import MissingSettings
from tests.support.settings import UNREACHABLE_URL, make_settings

NEW_NAME, OLD_NAME = "LINLI_RATE_ANONYMOUS", "LINLI_RATE_NOBODY"


def read_rate_anonymous() -> int:
    """Read the settings; the limit alone comes from the environment."""
    others = make_settings(SERVICE, UNREACHABLE_URL).model_dump(exclude={"rate_anonymous"})
    return IntakeSettings.read(**others).rate_anonymous


@pytest.mark.parametrize(
    ("environment", "rate"),
    [
        ({}, 240),
        ({NEW_NAME: "7"}, 7),
        ({OLD_NAME: "5"}, 5),
        ({NEW_NAME: "7", OLD_NAME: "5"}, 7),
    ],
)
def test_the_limit_of_anonymous_requests_has_a_new_and_an_old_name(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], rate: int
) -> None:
    for name in (NEW_NAME, OLD_NAME):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert read_rate_anonymous() == rate


def test_bad_value_of_a_renamed_setting_is_reported_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(NEW_NAME, "many")
    with pytest.raises(MissingSettings, match=rf"wrong: {NEW_NAME} \("):
        read_rate_anonymous()
