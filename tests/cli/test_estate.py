"""The reference estate has the brief's figures, and nobody in it is real."""

import hashlib
from collections import Counter
from datetime import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.demo.estate import estate
from services.demo.party import members
from services.demo.people import RESIDENT_NUMBER, VOLUNTEER_NUMBER
from services.demo.planned_events import EventsTable, HeadCount, events
from services.demo.planned_wishes import wishes
from services.demo.yaml_tables import read_table
from services.intake.phones import normalize
from services.intake.wishes.models import LEASE_TTL


def test_estate_has_nine_buildings_and_858_households() -> None:
    assert len(estate().buildings) == 9
    assert len(estate().households) == 858
    doors = {(b.number, h.unit, h.door) for b in estate().buildings for h in b.households}
    assert len(doors) == 858
    assert all(h.unit <= b.units for b in estate().buildings for h in b.households)


def test_96_households_belong_to_the_own_community_and_others_to_several() -> None:
    origins = Counter(household.registered_with for household in estate().households)
    assert origins.pop(None) == 96
    assert len(origins) > 5
    assert all(h.office_phone for h in estate().households if h.registered_with)


def test_more_than_2000_people_live_in_households_with_one_head() -> None:
    assert len(estate().people) > 2000
    assert all(sum(p.is_head for p in h.people) == 1 for h in estate().households)
    assert all(1926 <= person.birth_year <= 2026 for person in estate().people)


def test_every_name_and_phone_is_visibly_a_demo() -> None:
    for person in estate().people:
        assert person.name.startswith("演示·")
        assert person.name.endswith(f"{person.number:04d}")
        assert person.phone in (None, f"1990000{person.number:04d}")
    assert all((h.registered_with or "演示·").startswith("演示·") for h in estate().households)


def test_every_phone_is_normalized_and_unique() -> None:
    phones = [person.phone for person in estate().people if person.phone]
    offices = {h.office_phone for h in estate().households if h.office_phone}
    assert len(phones) > 1000
    assert len(offices) > 5
    assert len(set(phones)) == len(phones)
    assert offices.isdisjoint(phones)
    assert all(normalize(phone) == phone for phone in (*phones, *offices))


def test_ids_are_distinct_and_lists_begin_with_the_first() -> None:
    ids = [person.id for person in estate().people]
    assert ids == sorted(set(ids), reverse=True)
    assert {id_.version for id_ in ids} == {7}


def test_estate_is_the_same_on_every_machine() -> None:
    digest = hashlib.sha256(repr((estate(), wishes())).encode()).hexdigest()
    assert digest[:16] == "67d46deaf6bfcbf7"


def test_events_are_the_same_on_every_machine_and_not_overbooked() -> None:
    every = [event for hour in (0, 12) for event in events(hour)]
    digest = hashlib.sha256(
        repr([(event, event.attendances) for event in every]).encode()
    ).hexdigest()
    assert digest[:16] == "e7391e0371a34b96"
    for event in every:
        roles = Counter(role for role, _ in event.participants)
        assert roles["helper"] <= event.places.helpers
        assert roles["guest"] <= event.places.guests
        assert len({person.number for _, person in event.participants}) == len(event.participants)
    coming = [event for event in every if event.final_state == "coming"]
    assert any(person.phone is None for event in coming for _, person in event.participants)


def test_nobody_is_at_two_events_at_one_time() -> None:
    for hour in (0, 12):
        days = Counter((event.day, event.at) for event in events(hour))
        assert set(days.values()) == {1}


def test_fifteen_members_belong_to_the_branch_and_three_to_others() -> None:
    memberships = Counter((m.membership.membership, m.membership.reported) for m in members())
    assert memberships == {("estate", False): 15, ("elsewhere", True): 3}
    assert len({member.person.id for member in members()}) == 18
    for member in members():
        member.membership.check()


def test_more_than_twenty_volunteers_are_approved_and_some_are_not() -> None:
    approved = Counter(helper.approved for helper in estate().helpers)
    assert approved[True] > 20
    assert approved[False] > 0
    assert estate().helpers[0].person.number == VOLUNTEER_NUMBER


def test_more_than_twenty_wishes_are_fulfilled_within_their_leases() -> None:
    assert sum(wish.is_fulfilled for wish in wishes()) > 20
    for wish in wishes():
        days = [wish.posted_days_ago, *(action.days_ago for action in wish.actions)]
        assert days == sorted(days, reverse=True)
        assert min(days) > 0
        assert len(wish.actions) < 2 or days[1] - days[-1] < LEASE_TTL.days


def test_reserved_people_have_neither_wished_nor_helped() -> None:
    busy = {p.number for w in wishes() for p in (w.maker, w.taker) if p is not None}
    assert busy.isdisjoint({RESIDENT_NUMBER, VOLUNTEER_NUMBER})
    assert {
        estate().people[RESIDENT_NUMBER - 1].phone,
        estate().people[VOLUNTEER_NUMBER - 1].phone,
    } == {
        "19900000001",
        "19900000002",
    }


def test_misspelt_key_of_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "counts.yaml"
    path.write_text("helpers: 2\nguest: 3\n")
    with pytest.raises(ValidationError, match="guest"):
        read_table(str(path), HeadCount)


def test_unquoted_time_of_a_table_is_a_time(tmp_path: Path) -> None:
    path = tmp_path / "event.yaml"
    row = (
        "{number: 1, kind: film, title: 夜, place: 广场, final_state: draft, at: 15:00, places: {}}"
    )
    path.write_text(f"events: [{row}]\n", "utf-8")
    assert read_table(str(path), EventsTable).events[0].at == time(15)
