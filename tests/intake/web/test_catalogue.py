"""Test that the Chinese catalogue has exactly the sentences of the code."""

from scripts.catalogue import collect_sentences, differences, read_catalogue


def test_catalogue_has_exactly_the_sentences_of_the_code() -> None:
    assert differences(collect_sentences(), read_catalogue()) == []
