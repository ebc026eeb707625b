"""The party members of the demo estate: those of its own branch, and some of others."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from services.demo.estate import estate
from services.demo.people import RESIDENT_NUMBER, VOLUNTEER_NUMBER, Person, people_table
from services.demo.seeds import seeded_int, seeded_shuffle
from services.intake.party.models import Membership, MembershipFields


@dataclass(frozen=True)
class PlannedMember:
    """A resident who is a party member, with the membership."""

    person: Person
    membership: MembershipFields


@cache
def members() -> tuple[PlannedMember, ...]:
    """Return the party members: some are volunteers, and some belong to other branches."""
    table = people_table().party_members
    helpers = [person.number for person in estate().takers][:5]
    people = {p.number: p for p in estate().people if p.is_head and p.birth_year <= 1990}
    others = [n for n in people if n not in (RESIDENT_NUMBER, VOLUNTEER_NUMBER, *helpers)]
    numbers = [*helpers, *seeded_shuffle("party", others)]
    return tuple(
        _member(estate().people[number - 1], is_own=index < table.own_branch)
        for index, number in enumerate(numbers[: table.own_branch + table.other_branches])
    )


def _member(person: Person, *, is_own: bool) -> PlannedMember:
    membership = MembershipFields(
        membership=Membership.ESTATE if is_own else Membership.ELSEWHERE,
        reported=not is_own,
        joined_on=date(person.birth_year + 20 + seeded_int(f"joined {person.number}", 12), 7, 1),
    )
    return PlannedMember(person, membership)
