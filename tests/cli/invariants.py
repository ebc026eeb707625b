"""Checks of the databases after a load of the demo, against what is planned."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text

from services.demo.estate import estate
from services.demo.party import members
from services.demo.planned_events import events
from services.demo.planned_wishes import PlannedWish, wishes
from services.demo.station import demo_station
from services.intake.accounts.models import Account
from services.intake.events.models import Event
from services.intake.events.participation import Participation
from services.intake.party.models import PartyMember
from services.intake.register.models import Building, Home, Household
from services.intake.residents.models import Resident
from services.intake.stations.models import Station
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish
from services.notify.audience.models import Recipient
from services.volunteers.ledger.models import Account as PointsAccount
from services.volunteers.ledger.models import Leg, Transfer
from services.volunteers.people.models import Volunteer
from shared.db import shared_metadata
from shared.runtime.runtime import Runtime
from shared.web.idempotency import answers
from tests.support.settings import PRIVATE_KEY, SECRETS
from tests.support.system import RunningSystem

WISH_POINTS, HELPER_POINTS_PER_HOUR, GUEST_POINTS = 20, 10, 5
# Written by the service itself whenever it runs.
BUS_TABLES = shared_metadata.tables.keys() - {answers.name}
_STATE_AFTER_ACTION: dict[str, str] = {
    "approve": "open",
    "give_back": "open",
    "decline": "declined",
    "claim": "claimed",
    "refuse": "claimed",
    "deliver": "delivered",
    "confirm": "fulfilled",
    "withdraw": "withdrawn",
    "answer": "answered",
}


def replica_by_service(running_system: RunningSystem) -> dict[str, Runtime]:
    """Return the first replica of each service, by service."""
    return {name: replicas[0] for name, replicas in running_system.replicas.items()}


def environment(running_system: RunningSystem) -> dict[str, str]:
    """Return the environment in which the command line reaches this system."""
    urls = {
        f"LINLI_{name.upper()}_DATABASE_URL": runtime.settings.database_url.get_secret_value()
        for name, runtime in replica_by_service(running_system).items()
    }
    secrets = {f"LINLI_{name.upper()}": str(value) for name, value in SECRETS.items()}
    return {
        **urls,
        **secrets,
        "LINLI_DATABASE_URL": urls["LINLI_INTAKE_DATABASE_URL"],
        "LINLI_TOKEN_PRIVATE_KEY": PRIVATE_KEY,
        "LINLI_VOLUNTEERS_URL": "unix:/nowhere",
        "LINLI_NOTIFY_URL": "unix:/nowhere",
    }


def ignore_progress(_completed: int, _total: int, _what: str) -> None:
    """Take a progress report and drop it."""


def final_state(wish: PlannedWish) -> str:
    """Return the state in which a planned wish ends."""
    return _STATE_AFTER_ACTION[wish.actions[-1].verb] if wish.actions else "posted"


async def checksums(runtime: Runtime) -> Mapping[str, tuple[int, str]]:
    """Return the row count and a hash of each table of a service, except those of the bus."""
    tables = text(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND NOT c.relispartition"
        " AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
    )
    checksums_by_table = {}
    async with runtime.sessions() as tx:
        for table in await tx.scalars(tables):
            if table in BUS_TABLES:
                continue
            rows = text(
                "SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                f" FROM {table} t"
            )
            count, checksum = (await tx.execute(rows)).one()
            checksums_by_table[table] = (count, checksum)
    return checksums_by_table


async def assert_register_is_complete(running_system: RunningSystem) -> None:
    """Assert that every person of the estate is on the register once, and known to notify."""
    async with running_system.intake.sessions() as tx:
        station = (await tx.scalars(select(Station).where(Station.demo))).one()
        names = await tx.execute(select(Resident.id, Resident.name))
        assert dict(names.all()) == {p.id: p.name for p in estate().people}
        counted = [await tx.scalar(select(func.count()).select_from(t)) for t in (Building, Home)]
        assert counted == [9, 858]
        own = await tx.execute(select(Household.own, func.count()).group_by(Household.own))
        assert dict(own.all()) == {True: 96, False: 762}
        usernames = set(await tx.scalars(select(Account.username)))
        assert usernames == set(demo_station().accounts)
        entered = await tx.execute(select(PartyMember.resident_id, PartyMember.membership))
        assert sorted(entered.all()) == sorted(
            (member.person.id, member.membership.membership) for member in members()
        )
    async with running_system.notify.sessions() as tx:
        recipient_ids = set(await tx.scalars(select(Recipient.resident_id)))
        assert recipient_ids == {person.id for person in estate().people}
    assert station.code == "qinglan"


async def assert_people_match_plan(running_system: RunningSystem) -> None:
    """Assert that each volunteer and each wish exists once, in its planned state."""
    async with running_system.volunteers.sessions() as tx:
        volunteers = await tx.execute(select(Volunteer.resident_id, Volunteer.state))
        assert sorted(volunteers.all()) == sorted(
            (h.person.id, "approved" if h.approved else "applied") for h in estate().helpers
        )
    async with running_system.intake.sessions() as tx:
        transition_counts: Any = await tx.execute(
            select(Wish.resident_id, Wish.title, Wish.state, func.count(WishTransition.version))
            .join(WishTransition, WishTransition.wish_id == Wish.id)
            .group_by(Wish.id)
        )
        assert sorted(transition_counts.all()) == sorted(
            (w.maker.id, w.title, final_state(w), 1 + len(w.actions)) for w in wishes()
        )


async def assert_events_match_plan(running_system: RunningSystem) -> None:
    """Assert that each event exists once, with the planned states of its participations."""
    async with running_system.intake.sessions() as tx:
        stored = {event.id: event for event in await tx.scalars(select(Event))}
        parts: dict[UUID, Counter[str]] = {id_: Counter() for id_ in stored}
        for part in await tx.scalars(select(Participation)):
            parts[part.event_id][part.state] += 1
    planned = {event.id: event for hour in (0, 12) for event in events(hour)}
    by_title = {event.title: event for hour in (0, 12) for event in events(hour)}
    assert set(stored) == set(planned)
    for id_, event in stored.items():
        plan = by_title[event.title]
        assert plan.id == id_
        assert event.state == {"coming": "published", "running": "published"}.get(
            plan.final_state, plan.final_state
        )
        attended, joined = len(plan.attendances), len(plan.participants)
        expected = {
            "closed": {"attended": attended, "missed": joined - attended},
            "running": {"present": attended, "joined": joined - attended},
            "cancelled": {"cancelled": joined},
        }.get(plan.final_state, {"joined": joined - plan.leave, "left": plan.leave})
        assert parts[id_] == Counter(expected)


def list_earned_points() -> Iterator[tuple[UUID, int]]:
    """Yield the person and the points of each planned award."""
    for wish in wishes():
        if wish.is_fulfilled and wish.taker:
            yield wish.taker.id, WISH_POINTS
    for event in events(0):
        if event.final_state == "closed":
            for role, person, delay in event.attendances:
                helper_points = HELPER_POINTS_PER_HOUR * (event.minutes - delay) // 60
                yield person.id, helper_points if role == "helper" else GUEST_POINTS


async def assert_ledger_balances(running_system: RunningSystem) -> None:
    """Assert that each fulfilled wish and attendance was paid once, and that legs sum to zero."""
    points: Counter[UUID] = Counter()
    for id_, amount in list_earned_points():
        points[id_] += amount
    async with running_system.volunteers.sessions() as tx:
        assert await tx.scalar(select(func.sum(Leg.amount))) == 0
        assert await tx.scalar(select(func.count()).select_from(Transfer)) == len(
            [*list_earned_points()]
        )
        balances = await tx.execute(
            select(PointsAccount.owner_id, PointsAccount.posted).where(
                PointsAccount.kind == "resident"
            )
        )
        assert dict(balances.all()) == points
