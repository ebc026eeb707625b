"""The catalogues: in step with the code, complete, and free of contradictions."""

import subprocess

import pytest
from babel.messages import Message

from scripts.translations import ROOT, catalogues, faults, read
from shared.language import P_, add_catalogue, translate


def test_catalogues_are_in_step_with_the_code() -> None:
    check = subprocess.run(
        ["scripts/messages", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr


@pytest.mark.parametrize(
    "messages",
    [
        [Message("Open", "")],
        [Message("Open", "开", flags=["fuzzy"])],
        [Message(("%(count)s day", "%(count)s days"), ("%(count)s 天", ""))],
        [Message("%(count)s days", "%(days)s 天")],
        [Message("Open", "开"), Message("Open", "待认领")],
    ],
    ids=["without Chinese", "fuzzy", "half a plural", "other placeholder", "two translations"],
)
def test_faulty_translation_is_listed(messages: list[Message]) -> None:
    assert len(list(faults(messages))) == 1


def test_sentence_may_differ_by_its_context() -> None:
    wish = Message("Open", "待认领", context="state of a wish")
    assert list(faults([Message("Open", "开"), wish])) == []


def test_catalogues_keep_their_sentences_when_all_run_in_one_process() -> None:
    paths = catalogues()
    assert len(paths) == 4
    for path in paths:
        add_catalogue(path.parents[2])
    messages = [message for path in paths for message in read(path)]
    assert messages
    for message in messages:
        sentence = str(message.id)
        marked = P_(message.context, sentence) if message.context else sentence
        assert translate(marked, "zh") == message.string
