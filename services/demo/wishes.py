"""Living the demo's wishes: through intake's own actions, their times then set back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.estate import Person
from services.demo.estate_wishes import ActionName, PlannedAction, PlannedWish, wishes
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
    """Who acts in the demo: the desk, the partners, residents and volunteers."""

    station: Station
    accounts: dict[str, UUID]

    @property
    def desk(self) -> Actor:
        """The member of staff at the desk."""
        return Actor(self.station.id, self.accounts["desk"], frozenset({Role.STAFF}))

    def resident(self, person: Person) -> Actor:
        """A resident for themselves."""
        return Actor(self.station.id, person.id, frozenset({Role.RESIDENT}))

    def resident_or_desk(self, person: Person) -> Actor:
        """A resident for themselves, or the desk for one who has no phone."""
        return self.resident(person) if person.phone else self.desk.acting_for(person.id)

    def taker(self, wish: PlannedWish) -> Actor:
        """Who takes the wish."""
        if wish.taker_kind == "partner":
            return Actor(self.station.id, self.accounts["partner"], frozenset({Role.PARTNER}))
        if wish.taker is None:
            return self.desk
        return Actor(self.station.id, wish.taker.id, frozenset({Role.RESIDENT, Role.VOLUNTEER}))


PERFORM: dict[ActionName, PerformAction] = {
    "approve": lambda tx, who, id_, _, __: actions.approve(tx, who.desk, id_),
    "decline": lambda tx, who, id_, _, act: actions.decline(tx, who.desk, id_, act.note),
    "claim": lambda tx, who, id_, wish, _: actions.claim(tx, who.taker(wish), id_),
    "give_back": lambda tx, who, id_, wish, act: actions.release(
        tx, who.taker(wish), id_, act.note
    ),
    "deliver": lambda tx, who, id_, wish, act: actions.deliver(
        tx, who.taker(wish), id_, act.note, wish.minutes
    ),
    "refuse": lambda tx, who, id_, wish, act: actions.refuse(
        tx, who.resident(wish.maker), id_, act.note
    ),
    "confirm": lambda tx, who, id_, wish, act: actions.confirm(
        tx, who.resident(wish.maker), id_, act.note
    ),
    "withdraw": lambda tx, who, id_, wish, _: actions.withdraw(tx, who.resident(wish.maker), id_),
    "answer": lambda tx, who, id_, _, act: actions.answer(tx, who.desk, id_, act.note),
}


async def existing_wishes(tx: AsyncSession, station: UUID) -> dict[WishKey, UUID]:
    """The ids of those of the demo's wishes that exist, by maker and title."""
    statement = select(Wish.resident_id, Wish.title, Wish.id).where(
        Wish.station_id == station, Wish.title.in_([wish.title for wish in wishes()])
    )
    found = {(maker, title): id_ for maker, title, id_ in await tx.execute(statement)}
    return {wish_key(wish): found[wish_key(wish)] for wish in wishes() if wish_key(wish) in found}


def wish_key(wish: PlannedWish) -> WishKey:
    """What one of the demo's wishes is known by."""
    return wish.maker.id, wish.title


async def create(tx: AsyncSession, actors: DemoActors, planned: PlannedWish) -> None:
    """Let one wish be made and go through all that is planned for it."""
    wish = await actions.post(
        tx, actors.resident_or_desk(planned.maker), planned.title, planned.details
    )
    for act in planned.actions:
        await PERFORM[act.verb](tx, actors, wish.id, planned, act)
    await _backdate(tx, wish, planned, actors.station)


async def _backdate(tx: AsyncSession, wish: Wish, planned: PlannedWish, station: Station) -> None:
    """Spread the wish's times over the past, as planned.

    The clock is not turned back instead: it is everybody's, and the services run meanwhile.
    """
    await tx.flush()
    posted = _backdated_time(station, planned, planned.posted_days_ago)
    at: dict[str, datetime] = {"post": posted}
    for version, act in enumerate(planned.actions, start=2):
        at[act.verb] = _backdated_time(station, planned, act.days_ago)
        step = update(WishTransition).where(
            WishTransition.wish_id == wish.id, WishTransition.version == version
        )
        await tx.execute(step.values(at=at[act.verb]))
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
    # On the table: through the mapper this would count as one more version of the wish.
    table = Wish.__table__
    await tx.execute(update(table).where(table.c.id == wish.id).values(times))  # type: ignore[arg-type]  # a Table, typed as FromClause


def _backdated_time(station: Station, planned: PlannedWish, days_ago: float) -> datetime:
    """So long before the demo was loaded; what came true did so this year, however young it is."""
    loaded = station.created_at
    if planned.is_fulfilled:
        local = loaded.astimezone(station.zone)
        year = local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        days_ago *= min(1.0, (local - year) / timedelta(days=160))
    return loaded - timedelta(days=days_ago)
