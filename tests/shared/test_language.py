"""The choice of language, and the translation of sentences."""

import pytest

from shared.language import preferred, translate


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.4, zh;q=0.3", "en"),
        ("fr", "zh"),
        ("en;q=rubbish", "zh"),
    ],
)
def test_header_chooses_the_language(header: str | None, language: str) -> None:
    assert preferred(header) == language


def test_sentence_is_english_or_chinese() -> None:
    assert translate("Please sign in", "en") == "Please sign in"
    assert translate("Please sign in", "zh") == "请先登录"


def test_percent_sign_of_a_sentence_without_parameters_stays() -> None:
    assert translate("100% done", "en") == "100% done"
