"""The party members of the demo estate: fifteen of its own branch, and some of others."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from services.demo.estate import (
    RESIDENT_NUMBER,
    VOLUNTEER_NUMBER,
    Person,
    estate,
    seeded_int,
    seeded_shuffle,
)
from services.intake.party.models import Membership, MembershipFields

BRANCH_MEMBER_COUNT, OTHER_MEMBER_COUNT = 15, 3


@dataclass(frozen=True)
class PlannedMember:
    """A resident who is a party member, with the membership."""

    person: Person
    membership: MembershipFields


@cache
def members() -> tuple[PlannedMember, ...]:
    """Return the party members: some are volunteers, and some belong to other branches."""
    helpers = [person.number for person in estate().takers][:5]
    people = {p.number: p for p in estate().people if p.is_head and p.birth_year <= 1990}
    others = [n for n in people if n not in (RESIDENT_NUMBER, VOLUNTEER_NUMBER, *helpers)]
    numbers = [*helpers, *seeded_shuffle("party", others)][
        : BRANCH_MEMBER_COUNT + OTHER_MEMBER_COUNT
    ]
    return tuple(_member(estate().people[number - 1], n) for n, number in enumerate(numbers))


def _member(person: Person, index: int) -> PlannedMember:
    of_the_branch = index < BRANCH_MEMBER_COUNT
    membership = MembershipFields(
        membership=Membership.ESTATE if of_the_branch else Membership.ELSEWHERE,
        reported=not of_the_branch,
        joined_on=date(person.birth_year + 20 + seeded_int(f"joined {person.number}", 12), 7, 1),
    )
    return PlannedMember(person, membership)
