"""The reference estate that the demo shows: its households and volunteers, always the same."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

from services.demo.people import (
    NAME_PREFIX,
    REFERENCE_YEAR,
    RESIDENT_NUMBER,
    VOLUNTEER_NUMBER,
    Person,
    household_members,
    people_table,
    phone_of,
)
from services.demo.seeds import demo_id, seeded_int, seeded_shuffle
from services.demo.yaml_tables import YamlModel, read_table


class BuildingSize(YamlModel):
    """The size of a building; all of its units are alike."""

    units: int
    floors: int
    homes_per_floor: int

    @property
    def homes_per_unit(self) -> int:
        """The number of homes in each unit."""
        return self.floors * self.homes_per_floor


class BuildingsTable(YamlModel):
    """The buildings, and the communities that their households belong to."""

    buildings: tuple[BuildingSize, ...]
    own_households: int
    communities_elsewhere: tuple[str, ...]

    @property
    def home_count(self) -> int:
        """The number of homes in all buildings."""
        return sum(size.units * size.homes_per_unit for size in self.buildings)


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

    @property
    def busy_numbers(self) -> set[int]:
        """The numbers of the volunteers, and of the two people reserved for visitors."""
        return {RESIDENT_NUMBER, VOLUNTEER_NUMBER, *(h.person.number for h in self.helpers)}


@cache
def estate() -> Estate:
    """Return the reference estate."""
    table = read_table("buildings.yaml", BuildingsTable)
    numbers = range(1, table.home_count + 1)
    own = frozenset(seeded_shuffle("own", numbers)[: table.own_households])
    buildings, household, person = [], 1, 1
    for number, size in enumerate(table.buildings, start=1):
        households = []
        for unit in range(1, size.units + 1):
            for place in range(size.homes_per_unit):
                floor, flat = divmod(place, size.homes_per_floor)
                people = household_members(household, person)
                origin = _origin(household, own, table.communities_elsewhere)
                door = f"{floor + 1}{flat + 1:02d}"
                households.append(Household(household, unit, door, *origin, people))
                household, person = household + 1, person + len(people)
        buildings.append(Building(number, size.units, tuple(households)))
    residents = Estate(tuple(buildings), ()).people
    return Estate(tuple(buildings), _helpers(residents))


def _origin(
    household: int, own: frozenset[int], elsewhere: tuple[str, ...]
) -> tuple[str | None, str | None]:
    """Return the community that a household is registered with, and the phone of its office."""
    if household in own:
        return None, None
    office = seeded_int(f"office {household}", len(elsewhere))
    return f"{NAME_PREFIX}·{elsewhere[office]}", phone_of(9900 + office)


def _helpers(residents: list[Person]) -> tuple[Helper, ...]:
    """Draw the volunteers from heads of households with a phone, aged 24 to 70."""
    table = people_table().volunteers
    able = {
        person.number: person
        for person in residents
        if person.is_head and person.phone and 24 <= REFERENCE_YEAR - person.birth_year <= 70
    }
    others = [number for number in able if number != VOLUNTEER_NUMBER]
    chosen = [VOLUNTEER_NUMBER, *seeded_shuffle("helper", others)]
    return tuple(
        Helper(
            able[number],
            place < table.approved,
            _pick("skills", number, table.skills),
            _pick("times", number, table.times),
        )
        for place, number in enumerate(chosen[: table.approved + table.pending])
    )


def _pick(label: str, number: int, choices: tuple[str, ...]) -> tuple[str, ...]:
    first = seeded_int(f"{label} {number}", len(choices))
    count = 1 + seeded_int(f"{label} count {number}", 3)
    return tuple(choices[(first + step) % len(choices)] for step in range(count))
