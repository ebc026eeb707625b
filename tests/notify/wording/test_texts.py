"""Every template in both languages: complete, filled, and short enough for its channel."""

from typing import Any

import pytest

from services.notify.settings import NotifySettings
from services.notify.wording.rules import NOTIFICATION_RULES, REMINDER, NotificationRule
from services.notify.wording.template import (
    day_en,
    day_zh,
    render,
    short,
    time_of_day,
    when_en,
    when_zh,
)
from services.notify.wording.texts import TEMPLATES
from shared.language import Language

SAMPLE_PARAMS: dict[str, Any] = {
    "title": "想请人帮忙换一个很高很高的、够不着的厨房灯泡",
    "taker_kind": "volunteer",
    "lease_until": "2026-03-08T17:30:00+00:00",
    "amount": 20,
    "balance": 1_000_120,
    "place": "幸福里社区党群服务中心一楼多功能厅",
    "starts_at": "2026-11-25T19:30:00+08:00",
    "role": "helper",
    "day": "tomorrow",
    "words": "今天下大雨，路上很滑，活动改到下个星期六上午，还在老地方等您",
    "code": "482915",
    "expires_at": "2026-03-08T06:05:00Z",
}
MAX_SMS_CHARACTERS: dict[Language, int] = {"zh": 70, "en": 160}
LANGUAGES: tuple[Language, ...] = ("zh", "en")
ENGLISH_PARAMS = {
    "title": "Somebody to change a bulb that is far too high up for me",
    "place": "Community centre, ground floor, second hall on the left",
    "words": "It is raining hard today and the roads are slippery; we meet a week later",
}
RULES = [*(rule for rules in NOTIFICATION_RULES.values() for rule in rules), REMINDER]
RULE_IDS = [f"{t.template}-{t.recipient_role}-{number}" for number, t in enumerate(RULES)]


def sample_params(rule: NotificationRule) -> dict[str, Any]:
    """Return sample values of the rule's params, and of no others."""
    return {name: SAMPLE_PARAMS[name] for name in (*rule.params, *dict(rule.sealed))}


def default_signature(language: Language) -> str:
    """Return the default signature of text messages."""
    return NotifySettings.model_construct().sms_signature(language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", RULES, ids=RULE_IDS)
def test_texts_are_complete_and_filled(rule: NotificationRule, language: Language) -> None:
    words = TEMPLATES[rule.template].text_for(language)
    sources = []
    if "inbox" in rule.channels:
        sources += [words.title, words.body]
    if "sms" in rule.channels:
        sources.append(words.sms)
    assert sources
    for source in sources:
        text = render(source, sample_params(rule))
        assert text.strip() == text != ""
        assert not any(mark in text for mark in ("{", "}", "%", "None", "Undefined"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", [t for t in RULES if "sms" in t.channels])
def test_text_fits_into_one_text_message(rule: NotificationRule, language: Language) -> None:
    words = TEMPLATES[rule.template].text_for(language)
    values = sample_params(rule)
    if language == "en":
        values |= {name: text for name, text in ENGLISH_PARAMS.items() if name in values}
    text = default_signature(language) + render(words.sms, values)
    assert len(text) <= MAX_SMS_CHARACTERS[language], text
    if language == "en":
        # With one character outside of ASCII, a text message has room for 70 instead of 160.
        assert text.replace("…", "").isascii()


def test_rules_and_templates_have_the_same_names() -> None:
    assert {rule.template for rule in RULES} == set(TEMPLATES)


def test_languages_have_the_same_parts() -> None:
    for name, template in TEMPLATES.items():
        for part in ("title", "body", "sms"):
            assert bool(getattr(template.zh, part)) == bool(getattr(template.en, part)), name


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        ("volunteer", "一位志愿者", "A volunteer"),
        ("partner", "一家共建单位", "A partner"),
        ("station", "服务站", "The station"),
    ],
)
def test_claim_names_the_kind_of_the_taker(kind: str, zh: str, en: str) -> None:
    template = TEMPLATES["wish.claimed.resident"]
    values = {"title": "换灯泡", "taker_kind": kind}
    assert zh in render(template.zh.body, values)
    assert render(template.en.body, values).startswith(en)


def test_moments_are_formatted_in_china_s_time() -> None:
    late = "2026-03-08T17:30:00+00:00"
    assert (day_zh(late), day_en(late), time_of_day(late)) == ("3月9日", "9 March", "01:30")


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        ("2026-11-28T09:00:00+08:00", "11月28日（星期六）9:00", "Saturday 28 November, 9:00"),
        ("2026-11-28T23:05:00-05:00", "11月28日（星期六）23:05", "Saturday 28 November, 23:05"),
        ("2026-03-01T00:30:00Z", "3月1日（星期日）0:30", "Sunday 1 March, 0:30"),
    ],
)
def test_event_times_are_formatted_in_their_own_offset(moment: str, zh: str, en: str) -> None:
    assert (when_zh(moment), when_en(moment)) == (zh, en)


@pytest.mark.parametrize("name", ["event.joined", "event.reminder"])
def test_helpers_are_thanked_and_guests_are_welcome(name: str) -> None:
    template = TEMPLATES[name]
    guest = {**SAMPLE_PARAMS, "role": "guest"}
    assert "谢谢您来帮忙" in render(template.zh.body, SAMPLE_PARAMS)
    assert "欢迎您来参加" in render(template.zh.body, guest)
    assert "as a helper" in render(template.en.body, SAMPLE_PARAMS)
    assert "as a guest" in render(template.en.body, guest)


def test_cancellation_quotes_the_station_if_it_gives_a_reason() -> None:
    template = TEMPLATES["event.cancelled"]
    silent = {**SAMPLE_PARAMS, "words": None}
    for language in LANGUAGES:
        words = template.text_for(language)
        assert SAMPLE_PARAMS["words"] in render(words.body, SAMPLE_PARAMS)
        for source in (words.body, words.sms):
            assert not any(mark in render(source, silent) for mark in ("None", "服务站说", "says"))
    assert render(template.zh.sms, {**silent, "title": "义诊"}) == (
        "很抱歉，11月25日（星期三）19:30的“义诊”取消了，请别白跑。"
    )


def test_claim_without_a_lease_names_no_day() -> None:
    body = TEMPLATES["wish.claimed.taker"].zh.body
    assert "前完成" not in render(body, {"title": "换灯泡", "lease_until": None})


def test_short_cuts_and_keeps_one_line() -> None:
    assert short("换 灯泡\n好吗", 10) == "换 灯泡 好吗"
    assert short("abcdefghij", 5) == "abcd…"


def test_text_of_residents_is_never_a_template() -> None:
    body = TEMPLATES["wish.posted"].zh.body
    assert "{{ 7 * 7 }}" in render(body, {"title": "{{ 7 * 7 }}"})
