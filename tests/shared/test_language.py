"""The choice of language, and the translation of sentences."""

from pathlib import Path

import pytest

from shared.language import P_, add_catalogue, preferred, translate


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
        ("fr, en;q=0.5", "en"),
        ("*", "zh"),
        ("en, zh", "zh"),
        ("zh; q=0.4, en; q=0.5", "en"),
        ("zh;q=0, en;q=0.1", "en"),
        ("en;q=0", "zh"),
    ],
)
def test_header_chooses_the_language(header: str | None, language: str) -> None:
    assert preferred(header) == language


def test_sentence_is_english_or_chinese() -> None:
    assert translate("Please sign in", "en") == "Please sign in"
    assert translate("Please sign in", "zh") == "请先登录"


def test_percent_sign_of_a_sentence_without_parameters_stays() -> None:
    assert translate("100% done", "en") == "100% done"


def test_context_chooses_the_sense_of_a_word() -> None:
    assert P_("request", "This is too large") == "This is too large"
    assert translate("This is too large", "zh") == "数值太大"
    assert translate(P_("request", "This is too large"), "zh") == "请求内容太大"
    assert translate(P_("request", "This is too large"), "en") == "This is too large"


def test_added_catalogue_is_read_beside_that_of_shared(tmp_path: Path) -> None:
    source = tmp_path / "zh/LC_MESSAGES/messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Pencil of a test"\nmsgstr "铅笔"\n')
    add_catalogue(tmp_path)
    assert translate("Pencil of a test", "zh") == "铅笔"
    assert translate("Please sign in", "zh") == "请先登录"
