"""Templates: one Jinja environment per language, with the globals and filters of all pages."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from services.intake.events.models import Event
from services.intake.register.queries import Address
from services.intake.stations.models import Station
from services.intake.web.kit import labels
from services.intake.web.kit.assets import assets
from services.intake.web.kit.icons import icon
from shared import clock
from shared.language import CHINESE, Language, translate

TEMPLATES = Path(__file__).parents[1] / "templates"
PATTERNS = {"zh": ("y年M月d日 HH:mm", "y年M月d日"), "en": ("d MMM y, HH:mm", "d MMM y")}
LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
DAY_PATTERNS = {"zh": "M月d日 EEEE", "en": "EEE d MMM,"}
DAY_PATTERNS_WITH_YEAR = {"zh": "y年M月d日 EEEE", "en": "EEE d MMM y,"}


def render(template: str, language: Language, values: dict[str, Any]) -> str:
    """Render `template` to HTML."""
    return environment(language).get_template(template).render(language=language, **values)


@cache
def environment(language: Language) -> Environment:
    """Build the environment that renders pages in `language`."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    translations = CHINESE if language == "zh" else NullTranslations()
    templates.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    templates.globals.update(
        submission_token=submission_token,
        subject_path=labels.subject_path,
        asset=assets().url,
        icon=icon,
    )
    templates.filters.update(
        moment=moment,
        day=day,
        clock=time_of_day,
        event_time=event_time,
        weekday=lambda at: format_datetime(at, "EEE", locale=LOCALES[language]),
        month=lambda at: format_datetime(at, "MMM", locale=LOCALES[language]),
        home=lambda address: home(address, language),
        translate=lambda sentence: translate(sentence, language),
    )
    return templates


def add_globals(values: Mapping[str, object]) -> None:
    """Add `values` to the globals of all templates; the kit imports no feature's labels itself."""
    for language in get_args(Language):
        environment(language).globals.update(values)


def submission_token() -> Markup:
    """Return a hidden field with a new key, so that a form submitted twice takes effect once."""
    return Markup('<input type="hidden" name="once" value="{}">').format(uuid4().hex)


def home(address: Address, language: Language) -> str:
    """Format an address."""
    return translate(
        labels.HOME_ADDRESS,
        language,
        building=address.building,
        unit=address.unit,
        flat=address.number,
    )


@pass_context
def moment(context: Context, at: datetime) -> Markup:
    """Format a date and time in the station's time zone."""
    return _time(context, at, 0)


@pass_context
def day(context: Context, at: datetime) -> Markup:
    """Format a date in the station's time zone."""
    return _time(context, at, 1)


@pass_context
def time_of_day(context: Context, at: datetime) -> str:
    """Format a time of day in the station's time zone."""
    station: Station | None = context["station"]
    return f"{(at.astimezone(station.zone) if station else at):%H:%M}"


@pass_context
def event_time(context: Context, event: Event) -> Markup:
    """Format the weekday, date and times of an event, with the year unless it is this year."""
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
    text = f"{days[0]} {start:%H:%M}–{until}"
    return Markup('<time datetime="{}">{}</time>').format(start.isoformat(), text)


def _time(context: Context, at: datetime, pattern_index: int) -> Markup:
    station: Station | None = context["station"]
    language: Language = context["language"]
    local = at.astimezone(station.zone) if station else at
    text = format_datetime(local, PATTERNS[language][pattern_index], locale=LOCALES[language])
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), text)
