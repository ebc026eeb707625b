"""Earning rules: which version decides, and whom a rule pays."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.volunteers.rules.models import Rule, in_force
from shared.auth import Role
from shared.contracts.events import EventAttended, EventMissed
from shared.contracts.intake import WishFulfilled
from shared.ids import new_id
from shared.runtime.runtime import Runtime
from tests.support.messages import participation_message
from tests.support.replicas import MakeClient

STATION = new_id()
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def make_rule(version: int = 1, station: UUID | None = None, **overrides: object) -> Rule:
    """Build a rule like the standard one."""
    values: dict[str, object] = {
        "name": "wish-fulfilled",
        "message_type": WishFulfilled.type,
        "who": "taker_id",
        "who_kind": "taker_kind",
        "paid_kinds": ["volunteer"],
        "amount_kind": "flat",
        "amount": 20,
        "reason": "A wish came true",
        "active": True,
    }
    return Rule(id=new_id(), station_id=station, version=version, **{**values, **overrides})


def test_the_newest_valid_version_decides() -> None:
    first, second = make_rule(1), make_rule(2, valid_from=LATE)
    assert in_force([second, first], STATION, EARLY) == [first]
    assert in_force([first, second], STATION, LATE) == [second]


def test_the_end_of_validity_is_excluded() -> None:
    rule = make_rule(valid_until=LATE)
    assert in_force([rule], STATION, EARLY) == [rule]
    assert in_force([rule], STATION, LATE) == []


def test_station_s_own_rule_replaces_the_standard_rule() -> None:
    standard, own = make_rule(5), make_rule(1, STATION, amount=30)
    assert in_force([own, standard], STATION, EARLY) == [own]
    assert in_force([own, standard], new_id(), EARLY) == [standard]


def test_a_station_can_switch_the_standard_off() -> None:
    assert in_force([make_rule(), make_rule(1, STATION, active=False)], STATION, EARLY) == []


def test_rules_of_other_names_are_not_replaced() -> None:
    rules = [make_rule(), make_rule(name="thanks")]
    assert {rule.name for rule in in_force(rules, STATION, EARLY)} == {"wish-fulfilled", "thanks"}


@pytest.mark.parametrize("kind", ["volunteer", "partner", "station", None])
def test_rule_pays_only_its_kinds(kind: str | None) -> None:
    taker = new_id()
    content = WishFulfilled.model_validate(
        {
            "wish_id": new_id(),
            "resident_id": new_id(),
            "title": "x",
            "taker_kind": kind,
            "taker_id": taker if kind else None,
            "minutes": 5,
            "revision": 1,
        }
    )
    assert make_rule().payee(content) == (("volunteer", taker) if kind == "volunteer" else None)
    both = make_rule(paid_kinds=["volunteer", "partner", "station"]).payee(content)
    assert both == ((kind, taker) if kind in ("volunteer", "partner") else None)
    assert make_rule(who="no.such.path").payee(content) is None


async def test_rules_are_listed_with_those_in_force(
    client: MakeClient, runtime: Runtime, station: UUID
) -> None:
    async with runtime.sessions.begin() as tx:
        tx.add_all([make_rule(1, station, amount=30), make_rule(1, new_id(), amount=99)])
    rules = (await client(Role.RESIDENT, accept="en").get("/rules")).json()
    assert [(r["amount"], r["standard"], r["in_force"]) for r in rules] == [
        (30, False, True),
        (5, True, True),
        (10, True, True),
        (20, True, False),
    ]
    assert [(r["reason"], r["amount_kind"]) for r in rules[1:]] == [
        ("Came to an event", "flat"),
        ("Helped at an event", "by_hour"),
        ("A wish came true", "flat"),
    ]
    elsewhere = (await client(Role.RESIDENT, of=new_id()).get("/rules?limit=3")).json()
    assert [(r["amount"], r["in_force"]) for r in elsewhere] == [(5, True), (10, True), (20, True)]


async def test_reasons_of_standard_rules_are_translated(client: MakeClient) -> None:
    rules = (await client(Role.RESIDENT, accept="zh").get("/rules")).json()
    reasons = [rule["reason"] for rule in rules]
    assert reasons == ["参加了社区活动", "在社区活动中帮忙", "实现了一个微心愿"]


@pytest.mark.parametrize(
    ("minutes", "points"), [(0, 0), (5, 0), (6, 1), (59, 9), (60, 10), (90, 15)]
)
def test_rule_by_the_hour_pays_whole_points(minutes: int, points: int) -> None:
    content = participation_message(STATION, EventAttended, new_id(), minutes=minutes).content
    assert make_rule(amount_kind="by_hour", amount=10).points(content) == points
    assert make_rule(amount=10).points(content) == 10


def test_rule_by_the_hour_pays_nothing_without_minutes() -> None:
    content = participation_message(STATION, EventMissed, new_id()).content
    assert make_rule(amount_kind="by_hour").points(content) == 0
