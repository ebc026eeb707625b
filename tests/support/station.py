"""Stations for tests: one with its staff, and a demo station with residents in one home."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.intake.accounts.actions import NewAccount, create
from services.intake.register import actions as register
from services.intake.register.models import Registration
from services.intake.residents import actions as residents
from services.intake.residents.models import ResidentFields
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from tests.support.system import RunningSystem

PASSWORD = "a-password-of-the-tests"
STATION_PHONE = "0731-5550-0000"
WISHER, HELPER = "19900000001", "19900000002"
NEIGHBOUR, OTHER_HELPER = "19900000003", "19900000004"


@dataclass(frozen=True)
class StationFixture:
    """The only station of a database, with its people by phone."""

    system: RunningSystem
    station_id: UUID
    people: dict[str, UUID]


async def create_station(running_system: RunningSystem) -> tuple[str, UUID]:
    """Create a station with accounts `desk`, `admin` and `operator`; return its code and id."""
    code = f"station-{uuid4().hex[:8]}"
    async with running_system.intake.sessions.begin() as tx:
        station = Station.create(code, ("测试站", "Test station"), ("测试社区", "Test community"))
        tx.add(station)
        await tx.flush()
        founder = Actor.system(station.id)
        for name, role in (
            ("desk", Role.STAFF),
            ("admin", Role.ADMIN),
            ("operator", Role.OPERATOR),
        ):
            account = NewAccount(username=name, display_name=name, role=role, password=PASSWORD)
            await create(tx, founder, account)
    return code, station.id


async def create_demo_station(running_system: RunningSystem) -> StationFixture:
    """Create a demo station with accounts `desk` and `operator`, and four residents of one home."""
    async with running_system.intake.sessions.begin() as tx:
        station = Station.create(
            f"s-{uuid4().hex[:8]}", ("演示站", "Demo station"), ("演示社区", "Demo community")
        )
        station.phone, station.demo = STATION_PHONE, True
        tx.add(station)
        await tx.flush()
        founder = Actor.system(station.id)
        for name, role in (("desk", Role.STAFF), ("operator", Role.OPERATOR)):
            account = NewAccount(username=name, display_name=name, role=role, password=PASSWORD)
            await create(tx, founder, account)
        building = await register.add_building(tx, founder, "3", "3 栋", 2)
        home = await register.add_home(tx, founder, building.id, 2, "501")
        household = await register.add_household(tx, founder, home.id, Registration(own=True))
        people = {}
        for phone in (WISHER, HELPER, NEIGHBOUR, OTHER_HELPER):
            details = ResidentFields(
                name=f"演示·{phone[-1]}", phone=phone, household_id=household.id
            )
            people[phone] = (await residents.register(tx, founder, details)).id
    return StationFixture(running_system, station.id, people)
