"""Creation of the demo's station, accounts and register, each only where it is missing."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.estate import (
    COMMUNITY_NAMES,
    STATION_CODE,
    STATION_NAMES,
    STATION_PHONE,
    Building,
    Household,
    Person,
    demo_id,
)
from services.demo.estate_party import members
from services.intake.accounts import actions as accounts
from services.intake.accounts.actions import NewAccount
from services.intake.accounts.models import Account
from services.intake.party import actions as party
from services.intake.party.models import PartyMember
from services.intake.publishers import actions as publishers
from services.intake.publishers.models import GrantSpec, Permission, Publisher
from services.intake.residents import models as register
from services.intake.stations.models import Station
from shared.auth import Actor, Role
from shared.bus.outbox.record import OutgoingMessage, record_messages
from shared.contracts.events import EventAttended, EventJoined, EventPublished
from shared.contracts.intake import ResidentRegistered, WishFulfilled, WishOpened
from shared.db import sealer_of
from shared.sealing import Sealer

# The README publishes user names and passwords; only accounts of a demo have public passwords.
ACCOUNTS = {
    "desk": (Role.STAFF, "演示·窗口"),
    "admin": (Role.ADMIN, "演示·站长"),
    "operator": (Role.OPERATOR, "演示·运维"),
    "partner": (Role.PARTNER, "演示·便民服务队"),
    "property": (Role.PARTNER, "演示·物业公司"),
    "health-centre": (Role.PARTNER, "演示·卫生服务中心"),
}


class NotTheDemo(Exception):
    """Real station with the demo's code; the message is a sentence for the operator."""

    def __init__(self) -> None:
        super().__init__(
            f"A real station has the code {STATION_CODE}: the demo leaves this database alone."
        )


PUBLISHER_GRANTS = (
    GrantSpec(Permission.PUBLISH, EventJoined.type),
    GrantSpec(Permission.PUBLISH, EventAttended.type),
    GrantSpec(Permission.PUBLISH, WishFulfilled.type),
    GrantSpec(Permission.PUBLISH, "ext.property.lift-stopped.v1"),
    GrantSpec(Permission.READ, EventPublished.type),
    GrantSpec(Permission.READ, WishOpened.type),
)


def password_of(username: str) -> str:
    """Return the published password of a demo account."""
    return f"linli-demo-{username}"


async def get_or_create_station(tx: AsyncSession) -> tuple[Station, bool]:
    """Return the demo's station, and whether it had to be created. Raises: NotTheDemo."""
    station = await tx.scalar(select(Station).where(Station.code == STATION_CODE))
    if station is not None:
        if not station.demo:
            raise NotTheDemo
        return station, False
    station = Station.create(STATION_CODE, STATION_NAMES, COMMUNITY_NAMES)
    station.id, station.phone, station.demo = demo_id("station", 1), STATION_PHONE, True
    tx.add(station)
    return station, True


async def list_account_ids(tx: AsyncSession, station: UUID) -> dict[str, UUID]:
    """Return the ids of the demo's accounts that exist, by user name."""
    statement = select(Account.username, Account.id).where(
        Account.station_id == station, Account.username.in_(ACCOUNTS)
    )
    rows = await tx.execute(statement)
    return {row.username: row.id for row in rows}


async def open_account(tx: AsyncSession, station: UUID, username: str) -> UUID:
    """Create one of the demo's accounts; return its id."""
    role, name = ACCOUNTS[username]
    new_account = NewAccount(
        username=username, display_name=name, role=role, password=password_of(username)
    )
    return (await accounts.create(tx, Actor.system(station), new_account)).id


async def list_building_ids(tx: AsyncSession, station: UUID) -> set[UUID]:
    """Return the ids of the station's buildings."""
    statement = select(register.Building.id).where(register.Building.station_id == station)
    return set(await tx.scalars(statement))


async def add_building(tx: AsyncSession, station: Station, building: Building) -> None:
    """Add a building with its homes, households and residents to the register, in bulk."""
    common: dict[str, Any] = {
        "station_id": station.id,
        "version": 1,
        "created_at": station.created_at,
    }
    block = {"id": building.id, "number": str(building.number), "name": "", "units": building.units}
    await tx.execute(insert(register.Building), [common | block])
    await tx.execute(insert(register.Home), [common | row for row in _homes(building)])
    households = building.households
    await tx.execute(insert(register.Household), [common | _household(h) for h in households])
    sealer = sealer_of(tx)
    residents = [
        common | _resident(person, household, sealer)
        for household in households
        for person in household.people
    ]
    await tx.execute(insert(register.Resident), residents)
    await record_messages(tx, [_registered_message(row) for row in residents])


async def enter_members(tx: AsyncSession, desk: Actor) -> bool:
    """Add the party members unless there are any; return whether there were none."""
    any_member = select(PartyMember.id).where(PartyMember.station_id == desk.station).limit(1)
    if await tx.scalar(any_member) is not None:
        return False
    for member in members():
        await party.add(tx, desk, member.person.id, member.membership)
    return True


async def admit_publishers(tx: AsyncSession, station: UUID, accounts: Mapping[str, UUID]) -> bool:
    """Admit the property company's machine unless there is one; return whether there was none."""
    statement = select(Publisher.id).where(Publisher.station_id == station).limit(1)
    if await tx.scalar(statement) is not None:
        return False
    await publishers.admit(
        tx, Actor.system(station), "property", accounts["property"], PUBLISHER_GRANTS
    )
    return True


def _homes(building: Building) -> Iterator[dict[str, Any]]:
    for household in building.households:
        yield {
            "id": household.home_id,
            "building_id": building.id,
            "unit": household.unit,
            "number": household.door,
        }


def _household(household: Household) -> dict[str, Any]:
    return {
        "id": household.id,
        "home_id": household.home_id,
        "own": household.registered_with is None,
        "registered_with": household.registered_with,
        "office_phone": household.office_phone,
    }


def _resident(person: Person, household: Household, sealer: Sealer) -> dict[str, Any]:
    return {
        "id": person.id,
        "household_id": household.id,
        "name": person.name,
        "phone_sealed": sealer.seal(person.phone) if person.phone else None,
        "phone_lookup": sealer.blind_index(person.phone) if person.phone else None,
        "birth_year": person.birth_year,
        "language": person.language,
        "is_head": person.is_head,
    }


def _registered_message(row: dict[str, Any]) -> OutgoingMessage:
    content = ResidentRegistered(
        resident_id=row["id"], phone_sealed=row["phone_sealed"], language=row["language"]
    )
    subject = f"{register.Resident.plural}/{row['id']}"
    return OutgoingMessage(subject, row["station_id"], row["version"], content)
