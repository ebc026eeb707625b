"""Creation of the demo's station, accounts and register, each only where it is missing."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.estate import Building, Household
from services.demo.party import members
from services.demo.people import Person
from services.demo.seeds import demo_id
from services.demo.station import demo_station, password_of
from services.intake.accounts import actions as accounts
from services.intake.accounts.actions import NewAccount
from services.intake.accounts.models import Account
from services.intake.party import actions as party
from services.intake.party.models import PartyMember
from services.intake.publishers import actions as publishers
from services.intake.publishers.models import Publisher
from services.intake.register import models as register
from services.intake.residents.models import Resident
from services.intake.stations.models import Station
from shared.auth import Actor
from shared.bus.outbox.record import OutgoingMessage, record_messages
from shared.contracts.intake import ResidentRegistered
from shared.db import sealer_of
from shared.sealing import Sealer


class NotTheDemo(Exception):
    """Real station with the demo's code; the message is a sentence for the operator."""

    def __init__(self) -> None:
        super().__init__(
            f"A real station has the code {demo_station().code}: "
            "the demo leaves this database alone."
        )


async def get_or_create_station(tx: AsyncSession) -> tuple[Station, bool]:
    """Return the demo's station, and whether it had to be created. Raises: NotTheDemo."""
    demo = demo_station()
    station = await tx.scalar(select(Station).where(Station.code == demo.code))
    if station is not None:
        if not station.demo:
            raise NotTheDemo
        return station, False
    station = Station.create(demo.code, demo.names, demo.community)
    station.id, station.phone, station.demo = demo_id("station", 1), demo.phone, True
    tx.add(station)
    return station, True


async def list_account_ids(tx: AsyncSession, station: UUID) -> dict[str, UUID]:
    """Return the ids of the demo's accounts that exist, by user name."""
    statement = select(Account.username, Account.id).where(
        Account.station_id == station, Account.username.in_(demo_station().accounts)
    )
    rows = await tx.execute(statement)
    return {row.username: row.id for row in rows}


async def open_account(tx: AsyncSession, station: UUID, username: str) -> UUID:
    """Create one of the demo's accounts; return its id."""
    planned = demo_station().accounts[username]
    new_account = NewAccount(
        username=username,
        display_name=planned.name,
        role=planned.role,
        password=password_of(username),
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
    await tx.execute(insert(Resident), residents)
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
    """Admit the demo's publisher unless there is one; return whether there was none."""
    statement = select(Publisher.id).where(Publisher.station_id == station).limit(1)
    if await tx.scalar(statement) is not None:
        return False
    planned = demo_station().publisher
    await publishers.admit(
        tx, Actor.system(station), planned.name, accounts[planned.account], planned.grants
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
    subject = f"{Resident.plural}/{row['id']}"
    return OutgoingMessage(subject, row["station_id"], row["version"], content)
