"""The reference estate that the demo shows: its buildings, households and people, always the same.

Everything is drawn from one seed by hashing, so that it doesn't depend on the Python version. Every
name begins with 演示 ("demo"). China reserves no phone numbers for fiction: all of the demo's are
1990000 and four digits, the number of the person.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from shared.language import Language

STATION_CODE = "qinglan"
STATION_NAMES = ("晴岚家园", "Qinglan Jiayuan")
COMMUNITY_NAMES = ("窑洲社区", "Yaozhou Community")
STATION_PHONE = "19900009000"

OWN_HOUSEHOLD_COUNT = 96
APPROVED_VOLUNTEER_COUNT = 24
PENDING_VOLUNTEER_COUNT = 4
# Number 1 lives alone in the first home and number 2 next door; neither has wished or helped yet.
RESIDENT_NUMBER, VOLUNTEER_NUMBER = 1, 2

_SEED = "晴岚家园"
_NAME_PREFIX = "演示"
_SURNAMES = "张王李刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"
_ELSEWHERE = ("青竹村", "云湖村", "柳塘村", "石桥村", "枫林村", "荷塘社区", "望江社区", "杉木社区")
_BLOCKS = (*((2, 24, 2),) * 8, (3, 15, 2))  # units, floors, homes to a floor
_SIZES = (1,) * 22 + (2,) * 32 + (3,) * 24 + (4,) * 13 + (5,) * 7 + (6,) * 2
_REFERENCE_YEAR = 2026
_MILLENNIUM_MS = 946_684_800_000
_SKILLS = ("修水电", "理发", "陪诊", "代购", "教手机", "搬运", "缝补", "做饭", "写字", "辅导功课")
_TIMES = ("工作日白天", "工作日晚上", "周六", "周日")


@dataclass(frozen=True)
class Person:
    """A resident; `number` counts from 1 and is in the name and in the phone."""

    number: int
    name: str
    phone: str | None
    birth_year: int
    language: Language
    is_head: bool

    @property
    def id(self) -> UUID:
        """The resident's id."""
        return demo_id("resident", self.number)


@dataclass(frozen=True)
class Household:
    """A household with its home; `registered_with` is None for the own community's."""

    number: int
    unit: int
    door: str
    registered_with: str | None
    office_phone: str | None
    people: tuple[Person, ...]

    @property
    def id(self) -> UUID:
        """The household's id."""
        return demo_id("household", self.number)

    @property
    def home_id(self) -> UUID:
        """The id of the household's home."""
        return demo_id("home", self.number)


@dataclass(frozen=True)
class Building:
    """A building with its households."""

    number: int
    units: int
    households: tuple[Household, ...]

    @property
    def id(self) -> UUID:
        """The building's id."""
        return demo_id("building", self.number)


@dataclass(frozen=True)
class Helper:
    """A volunteer, approved or still waiting, with skills and available times."""

    person: Person
    approved: bool
    skills: tuple[str, ...]
    times: tuple[str, ...]


@dataclass(frozen=True)
class Estate:
    """The whole estate: its buildings and its volunteers."""

    buildings: tuple[Building, ...]
    helpers: tuple[Helper, ...]

    @property
    def households(self) -> list[Household]:
        """All households, in the order of their numbers."""
        return [household for building in self.buildings for household in building.households]

    @property
    def people(self) -> list[Person]:
        """All residents, in the order of their numbers."""
        return [person for household in self.households for person in household.people]

    @property
    def takers(self) -> list[Person]:
        """The approved volunteers who take the demo's wishes."""
        return [
            h.person for h in self.helpers if h.approved and h.person.number != VOLUNTEER_NUMBER
        ]


def demo_id(kind: str, number: int) -> UUID:
    """Return the same UUIDv7 on every run; in lists, newest first, number 1 comes first."""
    noise = int.from_bytes(hashlib.sha256(f"{_SEED} {kind} {number}".encode()).digest()[:10], "big")
    millis = _MILLENNIUM_MS - number
    fields = (millis << 80) | (7 << 76) | (noise >> 68 << 64) | (2 << 62) | (noise & (1 << 62) - 1)
    return UUID(int=fields)


def seeded_int(label: str, upper_bound: int) -> int:
    """Return the number from 0 to `upper_bound` - 1 that belongs to `label`."""
    digest = hashlib.sha256(f"{_SEED} {label}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % upper_bound


def seeded_shuffle(label: str, numbers: Sequence[int]) -> list[int]:
    """Return `numbers` in the order that belongs to `label`."""
    return sorted(numbers, key=lambda number: seeded_int(f"{label} {number}", 1 << 62))


def phone_of(number: int) -> str:
    """Return the demo's phone with that number."""
    return f"1990000{number:04d}"


@cache
def estate() -> Estate:
    """Return the reference estate."""
    total = sum(units * floors * flats for units, floors, flats in _BLOCKS)
    own = set(seeded_shuffle("own", range(1, total + 1))[:OWN_HOUSEHOLD_COUNT])
    buildings, household, person = [], 1, 1
    for number, (units, floors, flats) in enumerate(_BLOCKS, start=1):
        households = []
        for unit in range(1, units + 1):
            for place in range(floors * flats):
                door = f"{place // flats + 1}{place % flats + 1:02d}"
                office = (
                    None if household in own else seeded_int(f"office {household}", len(_ELSEWHERE))
                )
                people = _people(household, person)
                households.append(_household(household, (unit, door), office, people))
                household, person = household + 1, person + len(people)
        buildings.append(Building(number, units, tuple(households)))
    without_helpers = Estate(tuple(buildings), ())
    return Estate(without_helpers.buildings, _helpers(without_helpers))


def _household(
    number: int, address: tuple[int, str], office: int | None, people: tuple[Person, ...]
) -> Household:
    unit, door = address
    if office is None:
        return Household(number, unit, door, None, None, people)
    name, phone = f"{_NAME_PREFIX}·{_ELSEWHERE[office]}", phone_of(9900 + office)
    return Household(number, unit, door, name, phone, people)


def _people(household: int, first: int) -> tuple[Person, ...]:
    size = 1 if first == RESIDENT_NUMBER else _SIZES[seeded_int(f"size {household}", len(_SIZES))]
    ages = _ages(household, first, size)
    family = seeded_int(f"family {household}", len(_SURNAMES))
    return tuple(
        _person(first + place, age, family if place != 1 else None, place == 0)
        for place, age in enumerate(ages)
    )


def _ages(household: int, first: int, size: int) -> list[int]:
    """Return the ages: the head, often old, a spouse, children, and a parent or a grandchild."""
    old = seeded_int(f"old {household}", 100) < 40
    head = (
        60 + seeded_int(f"age {household}", 29) if old else 28 + seeded_int(f"age {household}", 32)
    )
    head = {RESIDENT_NUMBER: 76, VOLUNTEER_NUMBER: 45}.get(first, head)
    child = max(0, head - 23 - seeded_int(f"child {household}", 10))
    third = max(0, child - 1 - seeded_int(f"second {household}", 5))
    elder = head + 22 + seeded_int(f"elder {household}", 6) if head < 68 else max(0, child - 26)
    spouse = max(22, head - 4 + seeded_int(f"spouse {household}", 9))
    return [head, spouse, child, third, elder, max(0, third - 3)][:size]


def _person(number: int, age: int, family: int | None, is_head: bool) -> Person:
    surname = _SURNAMES[
        seeded_int(f"surname {number}", len(_SURNAMES)) if family is None else family
    ]
    share = 0 if age < 12 else 50 if age < 18 else 97 if age < 75 else 55
    has_phone = (
        number in (RESIDENT_NUMBER, VOLUNTEER_NUMBER) or seeded_int(f"phone {number}", 100) < share
    )
    return Person(
        number=number,
        name=f"{_NAME_PREFIX}·{surname}{number:04d}",
        phone=phone_of(number) if has_phone else None,
        birth_year=_REFERENCE_YEAR - age,
        language="en"
        if number > VOLUNTEER_NUMBER and seeded_int(f"language {number}", 150) == 0
        else "zh",
        is_head=is_head,
    )


def _helpers(residents: Estate) -> tuple[Helper, ...]:
    """Draw the volunteers from heads of households with a phone, aged 24 to 70."""
    able = {
        person.number: person
        for person in residents.people
        if person.is_head and person.phone and 24 <= _REFERENCE_YEAR - person.birth_year <= 70
    }
    chosen = [
        VOLUNTEER_NUMBER,
        *seeded_shuffle("helper", [n for n in able if n != VOLUNTEER_NUMBER]),
    ]
    return tuple(
        Helper(
            able[number],
            place < APPROVED_VOLUNTEER_COUNT,
            _pick("skills", number, _SKILLS),
            _pick("times", number, _TIMES),
        )
        for place, number in enumerate(chosen[: APPROVED_VOLUNTEER_COUNT + PENDING_VOLUNTEER_COUNT])
    )


def _pick(label: str, number: int, choices: tuple[str, ...]) -> tuple[str, ...]:
    first = seeded_int(f"{label} {number}", len(choices))
    count = 1 + seeded_int(f"{label} count {number}", 3)
    return tuple(choices[(first + step) % len(choices)] for step in range(count))
