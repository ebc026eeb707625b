"""A one-time code is found in whatever people type or paste."""

import pytest

from services.intake.readable_codes import normalize
from services.intake.sign_in.credentials import find_one_time_code
from tests.support.full_width import full_width


@pytest.mark.parametrize(
    "typed",
    [
        "123456",
        full_width("123456"),
        " 123 456 ",
        "1-2-3-4-5-6",
        "【晴岚家园】验证码 123456，5 分钟内有效。电话 0731-55500000。",
        "123456 is your code; call 19900009000 if you did not ask for it",
        f"验证码：{full_width('123456')}。",
    ],
)
def test_code_is_found(typed: str) -> None:
    assert find_one_time_code(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "19900009000", "一二三"])
def test_nothing_else_is_taken_for_a_code(typed: str) -> None:
    assert len(find_one_time_code(typed)) != 6


def test_full_width_letters_of_a_readable_code_are_plain() -> None:
    assert normalize(full_width("acdef-34679")) == "ACDEF34679"
