"""The party members of the demo estate: fifteen of its own branch, and some of others."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from services.demo.estate import RESIDENT, VOLUNTEER, Person, draw, estate, shuffled
from services.intake.party.models import Membership, Standing

OF_THE_BRANCH, OF_OTHERS = 15, 3


@dataclass(frozen=True)
class PlannedMember:
    """A resident who is a party member, and of which branch."""

    person: Person
    standing: Standing


@cache
def members() -> tuple[PlannedMember, ...]:
    """Some of them help, as volunteers; members of other branches report here, too."""
    helpers = [person.number for person in estate().takers][:5]
    people = {p.number: p for p in estate().people if p.is_head and p.birth_year <= 1990}
    others = [n for n in people if n not in (RESIDENT, VOLUNTEER, *helpers)]
    numbers = [*helpers, *shuffled("party", others)][: OF_THE_BRANCH + OF_OTHERS]
    return tuple(_member(estate().people[number - 1], n) for n, number in enumerate(numbers))


def _member(person: Person, place: int) -> PlannedMember:
    of_the_branch = place < OF_THE_BRANCH
    standing = Standing(
        membership=Membership.ESTATE if of_the_branch else Membership.ELSEWHERE,
        reported=not of_the_branch,
        joined_on=date(person.birth_year + 20 + draw(f"joined {person.number}", 12), 7, 1),
    )
    return PlannedMember(person, standing)
