"""What people type: readable, on one line, within the calendar, in plain forms."""

from datetime import date, datetime
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.text_validation import Day, LocalTime, Moment, OneLine, fold_width, is_readable
from tests.support.full_width import full_width

READABLE = [
    "张三",
    "买买提·艾力",
    "O’Neil-Łukasz",
    "𠮷田",
    "一行\n两行\t缩进",
    # A family, a flag and a heart: joined, in pairs, with a variation selector.
    "👨‍👩‍👧",
    "🇨🇳",
    "❤️",
    # Persian writes a joiner within words.
    "می‌خواهم",
    # Unassigned for this Python's tables, a letter for newer ones.
    "\U0003134b",
]
UNREADABLE = [
    "\u200b\u200b",
    "张\u200b三",
    "\ufeff张三",
    "\u202e张三",
    "张\u2066三",
    "\u3164",
    "soft\u00adhyphen",
    "\u200d",
    "张三\u200d",
    "张三 \u200c",
    "nul\x00",
    "bell\x07",
    "\x9b",
    "\ud800",
]


@pytest.mark.parametrize("text", READABLE)
def test_legal_characters_are_taken(text: str) -> None:
    assert is_readable(text)


@pytest.mark.parametrize("text", UNREADABLE, ids=ascii)
@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: {"a": [one]}, lambda one: {one: 1}])
def test_characters_that_nobody_sees_are_refused(text: str, wrap: Any) -> None:
    assert not is_readable(wrap(text))


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\x85", "\u2028", "\u2029"], ids=ascii)
def test_line_break_is_refused_where_one_line_is_asked_for(line_break: str) -> None:
    adapter = TypeAdapter(Annotated[str, OneLine])
    assert adapter.validate_python("换一个灯泡") == "换一个灯泡"
    with pytest.raises(ValidationError, match="on one line"):
        adapter.validate_python(f"换一个{line_break}灯泡")


def test_full_width_forms_become_plain() -> None:
    assert fold_width(full_width("123456 ABc-3")) == "123456 ABc-3"


@pytest.mark.parametrize(
    ("kind", "wrong", "right"),
    [
        (Moment, "9999-12-31T20:00:00-10:00", "2026-11-27T09:00:00+08:00"),
        (Moment, "0001-01-01T00:00:00+14:00", "1900-01-01T00:00:00Z"),
        (LocalTime, "9999-12-31T23:59", "2199-12-31T23:59"),
        (Day, "9999-12-31", "2026-11-27"),
        (Day, "0001-01-01", "1900-01-01"),
    ],
)
def test_moment_at_the_edge_of_the_calendar_is_refused(kind: Any, wrong: str, right: str) -> None:
    adapter: TypeAdapter[date | datetime] = TypeAdapter(kind)
    adapter.validate_python(right)
    with pytest.raises(ValidationError, match="between 1900 and 2200"):
        adapter.validate_python(wrong)
