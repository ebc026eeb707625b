"""Templates: one Jinja environment for each language, escaping everything, with our few words."""

from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from uuid import uuid4

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from services.intake.events.models import Event
from services.intake.residents.queries import Address
from services.intake.stations.models import Station
from services.intake.web import labels
from services.intake.web.kit.assets import assets
from shared import clock, policies
from shared.language import Language, chinese, translate

TEMPLATES = Path(__file__).parents[1] / "templates"
PATTERNS = {"zh": ("y年M月d日 HH:mm", "y年M月d日"), "en": ("d MMM y, HH:mm", "d MMM y")}
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
DAY_PATTERNS = {"zh": "M月d日 EEEE", "en": "EEE d MMM,"}
DAY_PATTERNS_WITH_YEAR = {"zh": "y年M月d日 EEEE", "en": "EEE d MMM y,"}


def render(template: str, language: Language, values: dict[str, Any]) -> str:
    """The page as text."""
    return environment(language).get_template(template).render(language=language, **values)


@cache
def environment(language: Language) -> Environment:
    """The environment in which pages of that language are rendered."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    translations = chinese() if language == "zh" else NullTranslations()
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        submission_token=submission_token,
        number=labels.number,
        labels=labels,
        asset=assets().url,
        is_allowed=policies.is_allowed,
    )
    made.filters.update(
        moment=moment,
        day=day,
        clock=time_of_day,
        event_time=event_time,
        home=lambda address: home(address, language),
        translate=lambda sentence: translate(sentence, language),
    )
    return made


def submission_token() -> Markup:
    """A hidden key, so that a form that is sent twice takes effect once."""
    return Markup('<input type="hidden" name="once" value="{}">').format(uuid4().hex)


def home(address: Address, language: Language) -> str:
    """An address in words."""
    return translate(
        labels.HOME_ADDRESS,
        language,
        building=address.building,
        unit=address.unit,
        flat=address.number,
    )


@pass_context
def moment(context: Context, at: datetime) -> Markup:
    """A date and time of the station's calendar."""
    return _time(context, at, 0)


@pass_context
def day(context: Context, at: datetime) -> Markup:
    """A date of the station's calendar."""
    return _time(context, at, 1)


@pass_context
def time_of_day(context: Context, at: datetime) -> str:
    """A time of day of the station."""
    station: Station | None = context["station"]
    return f"{(at.astimezone(station.zone) if station else at):%H:%M}"


@pass_context
def event_time(context: Context, event: Event) -> Markup:
    """When an event is: the day with its weekday, from when to when; the year unless it is now."""
    language: Language = context["language"]
    start, end = event.local_start, event.local_end
    this_year = clock.now().astimezone(event.zone).year
    patterns = [
        DAY_PATTERNS if at.year == this_year else DAY_PATTERNS_WITH_YEAR for at in (start, end)
    ]
    days = [
        format_datetime(at, pattern[language], locale=LOCALES[language])
        for at, pattern in zip((start, end), patterns, strict=True)
    ]
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{days[1]} {end:%H:%M}"
    said = f"{days[0]} {start:%H:%M}–{until}"
    return Markup('<time datetime="{}">{}</time>').format(start.isoformat(), said)


def _time(context: Context, at: datetime, pattern_index: int) -> Markup:
    station: Station | None = context["station"]
    language: Language = context["language"]
    there = at.astimezone(station.zone) if station else at
    said = format_datetime(there, PATTERNS[language][pattern_index], locale=LOCALES[language])
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), said)
