"""Loader of the demo estate into running services; a step runs only if its result is missing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from services.demo import events as demo_events
from services.demo import register
from services.demo import wishes as demo_wishes
from services.demo.estate import Helper, estate
from services.demo.planned_events import events
from services.demo.planned_wishes import wishes
from services.demo.station import demo_station
from services.demo.wishes import DemoActors
from services.intake.events.participation import Participation
from services.intake.stations.models import Station
from services.intake.volunteers_view.models import Volunteer as VolunteerCopy
from services.intake.wishes.models import Wish
from services.notify.audience.models import Recipient
from services.volunteers.people import actions as people
from services.volunteers.people.models import Volunteer
from services.volunteers.rules.models import RuleEvaluation
from shared.contracts.contract import Contract
from shared.contracts.events import EventAttended
from shared.contracts.intake import WishFulfilled

MAX_STALL_SECONDS = 60.0
POLL_INTERVAL_SECONDS = 0.1
_TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtext('linli demo'))")
_UNLOCK = text("SELECT pg_advisory_unlock(hashtext('linli demo'))")

Progress = Callable[[int, int, str], None]


class ServiceNotCaughtUp(Exception):
    """Service that does not handle the demo's messages; the message is for the operator."""

    def __init__(self, service: str) -> None:
        super().__init__(
            f"The service {service} has handled nothing of the demo estate for "
            f"{MAX_STALL_SECONDS:.0f} seconds. Are all services running? "
            "Load the demo again: it goes on where it stopped."
        )


class ServiceHandle(Protocol):
    """A service to load into: a `Runtime`, or connections to one that runs elsewhere."""

    @property
    def engine(self) -> AsyncEngine: ...
    @property
    def sessions(self) -> async_sessionmaker[AsyncSession]: ...


@dataclass
class _Load:
    """State of a load: the services, the progress, and whether it has changed anything."""

    services: Mapping[str, ServiceHandle]
    progress: Progress
    total: int
    completed: int = 0
    changed: bool = False

    def begin(self, service: str) -> AbstractAsyncContextManager[AsyncSession]:
        """Begin a transaction on the schema of `service`."""
        return self.services[service].sessions.begin()

    def step(self, what: str, *, changed: bool) -> None:
        """Count one more completed step and report the progress."""
        self.completed += 1
        self.changed = self.changed or changed
        self.progress(self.completed, self.total, what)


async def load_demo(services: Mapping[str, ServiceHandle], progress: Progress) -> bool:
    """Load the demo estate; return whether there was anything left to load.

    `progress` gets the number of completed steps, the number of all steps, and what the last step
    was. The services must be running, here or elsewhere.

    Raises: NotTheDemo, ServiceNotCaughtUp.
    """
    planned = estate()
    parts = (demo_station().accounts, planned.buildings, planned.helpers, wishes(), events(0))
    load = _Load(services, progress, total=7 + sum(len(part) for part in parts))
    async with _single_loader_lock(services["intake"].engine):
        station = await _create_station(load)
        await _add_buildings(load, station)
        actors = DemoActors(station, await _open_accounts(load, station))
        await _enter_members(load, actors)
        await _admit_publishers(load, actors)
        await _recruit(load, actors)
        await _create_wishes(load, actors)
        await _create_events(load, actors)
        await _wait_for_points(load, station)
    return load.changed


async def _create_station(load: _Load) -> Station:
    async with load.begin("intake") as tx:
        station, changed = await register.get_or_create_station(tx)
    load.step("station", changed=changed)
    return station


async def _add_buildings(load: _Load, station: Station) -> None:
    async with load.begin("intake") as tx:
        building_ids = await register.list_building_ids(tx, station.id)
    for building in estate().buildings:
        if building.id not in building_ids:
            async with load.begin("intake") as tx:
                await register.add_building(tx, station, building)
        load.step(f"building {building.number}", changed=building.id not in building_ids)


async def _open_accounts(load: _Load, station: Station) -> dict[str, UUID]:
    async with load.begin("intake") as tx:
        account_ids = await register.list_account_ids(tx, station.id)
    for username in demo_station().accounts:
        if username not in account_ids:
            async with load.begin("intake") as tx:
                account_ids[username] = await register.open_account(tx, station.id, username)
                load.changed = True
        load.step(f"account {username}", changed=False)
    return account_ids


async def _enter_members(load: _Load, actors: DemoActors) -> None:
    async with load.begin("intake") as tx:
        changed = await register.enter_members(tx, actors.desk)
    load.step("party members", changed=changed)


async def _admit_publishers(load: _Load, actors: DemoActors) -> None:
    async with load.begin("intake") as tx:
        changed = await register.admit_publishers(tx, actors.station.id, actors.accounts)
    load.step("publishers", changed=changed)


async def _recruit(load: _Load, actors: DemoActors) -> None:
    """Let volunteers apply, let the desk approve them, and wait until intake has copies."""
    statement = select(Volunteer).where(Volunteer.station_id == actors.station.id)
    async with load.begin("volunteers") as tx:
        volunteers = {volunteer.resident_id: volunteer for volunteer in await tx.scalars(statement)}
    for helper in estate().helpers:
        volunteer = volunteers.get(helper.person.id)
        awaits_approval = helper.approved and (volunteer is None or volunteer.state == "applied")
        if volunteer is None or awaits_approval:
            async with load.begin("volunteers") as tx:
                await _enrol(tx, actors, helper, volunteer)
        load.step(f"volunteer {helper.person.name}", changed=volunteer is None or awaits_approval)
    approved = [helper.person.id for helper in estate().helpers if helper.approved]
    copies = select(func.count()).where(
        VolunteerCopy.station_id == actors.station.id,
        VolunteerCopy.resident_id.in_(approved),
        VolunteerCopy.state != "applied",
    )
    await _wait(load, "intake", copies, len(approved), "volunteers known to intake")


async def _enrol(
    tx: AsyncSession, actors: DemoActors, helper: Helper, volunteer: Volunteer | None
) -> None:
    if volunteer is None:
        volunteer = await people.apply(
            tx,
            actors.resident(helper.person),
            skills=list(helper.skills),
            times=list(helper.times),
        )
    if helper.approved:
        await people.approve(tx, actors.desk, volunteer.id)


async def _create_wishes(load: _Load, actors: DemoActors) -> None:
    async with load.begin("intake") as tx:
        wish_ids = await demo_wishes.list_wish_ids(tx, actors.station.id)
    for wish in wishes():
        missing = demo_wishes.wish_key(wish) not in wish_ids
        if missing:
            async with load.begin("intake") as tx:
                await demo_wishes.create(tx, actors, wish)
        load.step(f"wish {wish.title}", changed=missing)


async def _create_events(load: _Load, actors: DemoActors) -> None:
    async with load.begin("intake") as tx:
        event_ids = await demo_events.list_event_ids(tx, actors.station.id)
    for event in demo_events.list_planned_events(actors.station):
        if event.id not in event_ids:
            async with load.begin("intake") as tx:
                await demo_events.create(tx, actors, event)
        load.step(f"event {event.title}", changed=event.id not in event_ids)


async def _wait_for_points(load: _Load, station: Station) -> None:
    """Wait until volunteers has awarded all points, and notify has a copy of every resident."""
    async with load.begin("intake") as tx:
        wish_ids = await demo_wishes.list_wish_ids(tx, station.id)
        participation_ids = await demo_events.list_attended_participation_ids(tx, station.id)
    fulfilled = [wish_ids[demo_wishes.wish_key(wish)] for wish in wishes() if wish.is_fulfilled]
    evaluated = _count_evaluated(station, WishFulfilled, Wish.plural, fulfilled)
    await _wait(load, "volunteers", evaluated, len(fulfilled), "wishes paid for")
    evaluated = _count_evaluated(station, EventAttended, Participation.plural, participation_ids)
    await _wait(load, "volunteers", evaluated, len(participation_ids), "attendances paid for")
    recipients = select(func.count()).where(Recipient.station_id == station.id)
    await _wait(load, "notify", recipients, len(estate().people), "residents known to notify")


def _count_evaluated(
    station: Station, contract: type[Contract], plural: str, ids: Sequence[UUID]
) -> Select[int]:
    """Build the count of `ids` whose first message the earning rules have evaluated."""
    return select(func.count()).where(
        RuleEvaluation.station_id == station.id,
        RuleEvaluation.type == contract.type,
        RuleEvaluation.revision == 1,
        RuleEvaluation.subject.in_([f"{plural}/{id_}" for id_ in ids]),
    )


async def _wait(load: _Load, service: str, count: Select[int], target: int, what: str) -> None:
    """Wait until `count` reaches `target` in `service`.

    Raises: ServiceNotCaughtUp, once the number stops growing.
    """
    seconds_left, previous = MAX_STALL_SECONDS, -1
    while True:
        async with load.begin(service) as tx:
            number = await tx.scalar(count) or 0
        if number >= target:
            break
        stalled = number <= previous
        seconds_left = seconds_left - POLL_INTERVAL_SECONDS if stalled else MAX_STALL_SECONDS
        if seconds_left <= 0:
            raise ServiceNotCaughtUp(service)
        previous = number
        load.changed = True
        load.progress(load.completed, load.total, f"{what}: {number} of {target}")
        await asyncio.sleep(POLL_INTERVAL_SECONDS)
    load.step(what, changed=False)


@asynccontextmanager
async def _single_loader_lock(engine: AsyncEngine) -> AsyncIterator[None]:
    """Hold the lock that lets one load at a time run in a database; other loads wait."""
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while True:
            if await connection.scalar(_TRY_LOCK):
                break
            await asyncio.sleep(POLL_INTERVAL_SECONDS)
        try:
            yield
        finally:
            await connection.execute(_UNLOCK)
