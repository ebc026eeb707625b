"""Validation of what people type: only what can be seen, one line where one is asked for."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, NaiveDatetime

from shared.language import N_

# Control characters: Postgres refuses some, readers see none.
CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
# Blanks without a width, fillers, and marks that turn the direction of what follows.
INVISIBLE = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
)
# Joiners belong to emoji and to some scripts, where they stand between characters.
STRAY_JOINER = r"(?:^|(?<=\s))[\u200c\u200d]|[\u200c\u200d](?=\s|$)"
UNREADABLE = re.compile(f"[{CONTROL}{INVISIBLE}]|{STRAY_JOINER}")
LINE_BREAK = re.compile(r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


def is_readable(value: Any) -> bool:
    """Check that no text in a value, however nested, has characters that nobody can see."""
    # A list instead of recursion, since a client may nest deeper than Python calls.
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str) and UNREADABLE.search(item):
            return False
        if isinstance(item, dict):
            pending += item
            pending += item.values()
        elif isinstance(item, list):
            pending += item
    return True


def fold_width(text: str) -> str:
    """Return full-width letters, digits and signs as their plain forms, for codes and numbers."""
    return unicodedata.normalize("NFKC", text)


def _on_one_line(text: str) -> str:
    if LINE_BREAK.search(text):
        raise ValueError(N_("Please write this on one line"))
    return text


def _in_calendar(moment: datetime) -> datetime:
    # At the calendar's edges a time has no form in other time zones.
    if not EARLIEST <= moment.replace(tzinfo=None).date() < LATEST:
        raise ValueError(N_("Please give a date between 1900 and 2200"))
    return moment


def _date_in_calendar(day: date) -> date:
    _in_calendar(datetime(day.year, day.month, day.day, tzinfo=UTC))
    return day


# A field of one line.
OneLine = AfterValidator(_on_one_line)
Moment = Annotated[AwareDatetime, AfterValidator(_in_calendar)]
LocalTime = Annotated[NaiveDatetime, AfterValidator(_in_calendar)]
Day = Annotated[date, AfterValidator(_date_in_calendar)]
