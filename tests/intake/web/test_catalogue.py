"""The Chinese catalogue keeps step with the code."""

from scripts.catalogue import differences, in_catalogue, in_code


def test_every_sentence_has_its_chinese_and_none_is_left_over() -> None:
    assert differences(in_code(), in_catalogue()) == []
