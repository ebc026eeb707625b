"""Templates of notifications in both languages, and their rendering."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any, Literal

from jinja2 import StrictUndefined
from jinja2 import Template as Compiled
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.language import Language

Category = Literal["wishes", "volunteering", "points", "events", "sign-in"]
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
MONTHS = "January February March April May June July August September October November December"


@dataclass(frozen=True, slots=True)
class TemplateText:
    """The texts of one language: a title and a body for the inbox, a shorter text for SMS."""

    title: str = ""
    body: str = ""
    sms: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """The texts of one notification; a `critical` template passes over every preference."""

    category: Category
    zh: TemplateText
    en: TemplateText
    critical: bool = False

    def text_for(self, language: Language) -> TemplateText:
        """Return the texts in `language`."""
        return self.zh if language == "zh" else self.en


def short(text: str, length: int) -> str:
    """Return `text` on one line, cut to `length` characters."""
    line = " ".join(str(text).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def day_zh(moment: str) -> str:
    """Format the day of an ISO 8601 moment in China's time: `3月5日`."""
    at = datetime.fromisoformat(moment).astimezone(CHINA)
    return f"{at.month}月{at.day}日"


def day_en(moment: str) -> str:
    """Format the day of an ISO 8601 moment in China's time: `5 March`."""
    at = datetime.fromisoformat(moment).astimezone(CHINA)
    return f"{at.day} {MONTHS.split()[at.month - 1]}"


def time_of_day(moment: str) -> str:
    """Format the time of an ISO 8601 moment in China's time: `14:05`."""
    return f"{datetime.fromisoformat(moment).astimezone(CHINA):%H:%M}"


def when_zh(moment: str) -> str:
    """Format an ISO 8601 moment in the moment's own offset: `11月28日（星期六）9:00`."""
    at = datetime.fromisoformat(moment)
    return f"{at.month}月{at.day}日（星期{'一二三四五六日'[at.weekday()]}）{at.hour}:{at:%M}"


def when_en(moment: str) -> str:
    """Format an ISO 8601 moment in the moment's own offset: `Saturday 28 November, 9:00`."""
    at = datetime.fromisoformat(moment)
    day = f"{WEEKDAYS.split()[at.weekday()]} {at.day} {MONTHS.split()[at.month - 1]}"
    return f"{day}, {at.hour}:{at:%M}"


def _environment() -> ImmutableSandboxedEnvironment:
    # The result is plain text, which pages escape.
    environment = ImmutableSandboxedEnvironment(autoescape=False, undefined=StrictUndefined)
    environment.filters.update(short=short, day_zh=day_zh, day_en=day_en, time=time_of_day)
    environment.filters.update(when_zh=when_zh, when_en=when_en)
    return environment


_ENVIRONMENT = _environment()


@cache
def _compile(source: str) -> Compiled:
    return _ENVIRONMENT.from_string(source)


def render(source: str, params: Mapping[str, Any]) -> str:
    """Render the template `source`. Raises: UndefinedError if a param is missing."""
    return _compile(source).render(params)
