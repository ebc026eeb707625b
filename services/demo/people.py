"""The people of the demo, drawn from people.yaml.

Every name begins with 演示 ("demo"). China reserves no phone numbers for fiction: all of the demo's
are 1990000 and four digits, the number of the person.
"""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from services.demo.seeds import demo_id, seeded_int
from services.demo.yaml_tables import YamlModel, read_table
from shared.language import Language

NAME_PREFIX = "演示"
# Resident 1 lives alone in the first home, resident 2 next door. The demo gives both of them no
# wishes and no tasks.
RESIDENT_NUMBER, VOLUNTEER_NUMBER = 1, 2
REFERENCE_YEAR = 2026


class VolunteersTable(YamlModel):
    """How many volunteers are approved and how many wait, and what they can offer."""

    approved: int
    pending: int
    skills: tuple[str, ...]
    times: tuple[str, ...]


class PartyMembersTable(YamlModel):
    """How many party members belong to the estate's own branch, and how many to others."""

    own_branch: int
    other_branches: int


class PeopleTable(YamlModel):
    """What people are drawn from; `household_sizes` counts households by their members."""

    surnames: str
    household_sizes: dict[int, int]
    volunteers: VolunteersTable
    party_members: PartyMembersTable

    @property
    def sizes(self) -> list[int]:
        """The size of each of 100 households."""
        return [size for size, count in self.household_sizes.items() for _ in range(count)]


@cache
def people_table() -> PeopleTable:
    """Return the table that people are drawn from."""
    return read_table("people.yaml", PeopleTable)


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


def phone_of(number: int) -> str:
    """Return the demo's phone with that number."""
    return f"1990000{number:04d}"


def household_members(household: int, first: int) -> tuple[Person, ...]:
    """Draw the members of a household; `first` is the number of its head."""
    sizes = people_table().sizes
    size = 1 if first == RESIDENT_NUMBER else sizes[seeded_int(f"size {household}", len(sizes))]
    ages = _ages(household, first, size)
    family = seeded_int(f"family {household}", len(people_table().surnames))
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
    surnames = people_table().surnames
    surname = surnames[seeded_int(f"surname {number}", len(surnames)) if family is None else family]
    share = 0 if age < 12 else 50 if age < 18 else 97 if age < 75 else 55
    has_phone = (
        number in (RESIDENT_NUMBER, VOLUNTEER_NUMBER) or seeded_int(f"phone {number}", 100) < share
    )
    return Person(
        number=number,
        name=f"{NAME_PREFIX}·{surname}{number:04d}",
        phone=phone_of(number) if has_phone else None,
        birth_year=REFERENCE_YEAR - age,
        language="en"
        if number > VOLUNTEER_NUMBER and seeded_int(f"language {number}", 150) == 0
        else "zh",
        is_head=is_head,
    )
