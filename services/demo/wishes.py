"""Creation of the demo's wishes by intake's own actions, with times set back afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.people import Person
from services.demo.planned_wishes import ActionName, PlannedAction, PlannedWish, wishes
from services.intake.stations.models import Station
from services.intake.wishes import actions
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import LEASE_TTL, Wish
from shared.auth import Actor, Role

PerformAction = Callable[
    [AsyncSession, "DemoActors", UUID, PlannedWish, PlannedAction], Awaitable[Wish]
]
WishKey = tuple[UUID, str]


@dataclass(frozen=True)
class DemoActors:
    """The actors of the demo: the desk, the partners, residents and volunteers."""

    station: Station
    accounts: dict[str, UUID]

    @property
    def desk(self) -> Actor:
        """The member of staff at the desk."""
        return Actor(self.station.id, self.accounts["desk"], frozenset({Role.STAFF}))

    def resident(self, person: Person) -> Actor:
        """Return the resident as the actor."""
        return Actor(self.station.id, person.id, frozenset({Role.RESIDENT}))

    def resident_or_desk(self, person: Person) -> Actor:
        """Return the resident as the actor, or the desk on behalf of one without a phone."""
        return self.resident(person) if person.phone else self.desk.acting_for(person.id)

    def taker(self, wish: PlannedWish) -> Actor:
        """Return the actor who takes the wish."""
        if wish.taker_kind == "partner":
            return Actor(self.station.id, self.accounts["partner"], frozenset({Role.PARTNER}))
        if wish.taker is None:
            return self.desk
        return Actor(self.station.id, wish.taker.id, frozenset({Role.RESIDENT, Role.VOLUNTEER}))


PERFORM: dict[ActionName, PerformAction] = {
    "approve": lambda tx, actors, id_, _, __: actions.approve(tx, actors.desk, id_),
    "decline": lambda tx, actors, id_, _, action: actions.decline(
        tx, actors.desk, id_, action.note
    ),
    "claim": lambda tx, actors, id_, wish, _: actions.claim(tx, actors.taker(wish), id_),
    "give_back": lambda tx, actors, id_, wish, action: actions.release(
        tx, actors.taker(wish), id_, action.note
    ),
    "deliver": lambda tx, actors, id_, wish, action: actions.deliver(
        tx, actors.taker(wish), id_, action.note, wish.minutes
    ),
    "refuse": lambda tx, actors, id_, wish, action: actions.refuse(
        tx, actors.resident(wish.maker), id_, action.note
    ),
    "confirm": lambda tx, actors, id_, wish, action: actions.confirm(
        tx, actors.resident(wish.maker), id_, action.note
    ),
    "withdraw": lambda tx, actors, id_, wish, _: actions.withdraw(
        tx, actors.resident(wish.maker), id_
    ),
    "answer": lambda tx, actors, id_, _, action: actions.answer(tx, actors.desk, id_, action.note),
}


async def list_wish_ids(tx: AsyncSession, station: UUID) -> dict[WishKey, UUID]:
    """Return the ids of the demo's wishes that exist, by maker and title."""
    statement = select(Wish.resident_id, Wish.title, Wish.id).where(
        Wish.station_id == station, Wish.title.in_([wish.title for wish in wishes()])
    )
    ids = {(maker, title): id_ for maker, title, id_ in await tx.execute(statement)}
    return {wish_key(wish): ids[wish_key(wish)] for wish in wishes() if wish_key(wish) in ids}


def wish_key(wish: PlannedWish) -> WishKey:
    """Return the maker and the title, which identify a wish of the demo."""
    return wish.maker.id, wish.title


async def create(tx: AsyncSession, actors: DemoActors, planned: PlannedWish) -> None:
    """Post one wish and perform all its planned actions."""
    wish = await actions.post(
        tx, actors.resident_or_desk(planned.maker), planned.title, planned.details
    )
    for action in planned.actions:
        await PERFORM[action.verb](tx, actors, wish.id, planned, action)
    await _backdate(tx, wish, planned, actors.station)


async def _backdate(tx: AsyncSession, wish: Wish, planned: PlannedWish, station: Station) -> None:
    """Set the times of the wish back into the past, as planned.

    The clock is not turned back instead, because the running services share it.
    """
    await tx.flush()
    posted = _backdated_time(station, planned, planned.posted_days_ago)
    at: dict[str, datetime] = {"post": posted}
    for version, action in enumerate(planned.actions, start=2):
        at[action.verb] = _backdated_time(station, planned, action.days_ago)
        step = update(WishTransition).where(
            WishTransition.wish_id == wish.id, WishTransition.version == version
        )
        await tx.execute(step.values(at=at[action.verb]))
    first = update(WishTransition).where(
        WishTransition.wish_id == wish.id, WishTransition.version == 1
    )
    await tx.execute(first.values(at=posted))
    times = {
        "created_at": posted,
        "open_since": wish.open_since and at.get("give_back", at.get("approve")),
        "lease_until": wish.lease_until and at["claim"] + LEASE_TTL,
        "delivered_at": wish.delivered_at and at["deliver"],
        "fulfilled_at": wish.fulfilled_at and at["confirm"],
    }
    # Through the mapper the update would count as one more version of the wish.
    table = Wish.__table__
    await tx.execute(update(table).where(table.c.id == wish.id).values(times))  # type: ignore[arg-type]  # a Table, typed as FromClause


def _backdated_time(station: Station, planned: PlannedWish, days_ago: float) -> datetime:
    """Return the time `days_ago` before the load, within this year for a fulfilled wish."""
    loaded = station.created_at
    if planned.is_fulfilled:
        local = loaded.astimezone(station.zone)
        year = local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        days_ago *= min(1.0, (local - year) / timedelta(days=160))
    return loaded - timedelta(days=days_ago)
