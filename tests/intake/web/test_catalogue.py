"""The Chinese catalogue keeps step with the code."""

from scripts.catalogue import collect_sentences, differences, read_catalogue


def test_every_sentence_has_its_chinese_and_none_is_left_over() -> None:
    assert differences(collect_sentences(), read_catalogue()) == []
