"""Living the demo's wishes: through intake's own actions, their times then set back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.demo.estate import Person
from services.demo.estate_wishes import Act, PlannedWish, Verb, wishes
from services.intake.stations.models import Station
from services.intake.wishes import actions
from services.intake.wishes.history import WishStep
from services.intake.wishes.models import LEASE, Wish
from shared.auth import Actor, Role

Perform = Callable[[AsyncSession, "Hands", UUID, PlannedWish, Act], Awaitable[Wish]]
Key = tuple[UUID, str]


@dataclass(frozen=True)
class Hands:
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

    def through(self, person: Person) -> Actor:
        """A resident for themselves, or the desk for one who has no phone."""
        return self.resident(person) if person.phone else self.desk.acting_for(person.id)

    def taker(self, wish: PlannedWish) -> Actor:
        """Who takes the wish."""
        if wish.taker_kind == "partner":
            return Actor(self.station.id, self.accounts["partner"], frozenset({Role.PARTNER}))
        if wish.taker is None:
            return self.desk
        return Actor(self.station.id, wish.taker.id, frozenset({Role.RESIDENT, Role.VOLUNTEER}))


PERFORM: dict[Verb, Perform] = {
    "approve": lambda tx, who, id_, _, __: actions.approve(tx, who.desk, id_),
    "decline": lambda tx, who, id_, _, act: actions.decline(tx, who.desk, id_, act.words),
    "claim": lambda tx, who, id_, wish, _: actions.claim(tx, who.taker(wish), id_),
    "give_back": lambda tx, who, id_, wish, act: actions.release(
        tx, who.taker(wish), id_, act.words
    ),
    "deliver": lambda tx, who, id_, wish, act: actions.deliver(
        tx, who.taker(wish), id_, act.words, wish.minutes
    ),
    "refuse": lambda tx, who, id_, wish, act: actions.refuse(
        tx, who.resident(wish.maker), id_, act.words
    ),
    "confirm": lambda tx, who, id_, wish, act: actions.confirm(
        tx, who.resident(wish.maker), id_, act.words
    ),
    "withdraw": lambda tx, who, id_, wish, _: actions.withdraw(tx, who.resident(wish.maker), id_),
    "answer": lambda tx, who, id_, _, act: actions.answer(tx, who.desk, id_, act.words),
}


async def known_wishes(tx: AsyncSession, station: UUID) -> dict[Key, UUID]:
    """The ids of those of the demo's wishes that exist, by maker and title."""
    statement = select(Wish.resident_id, Wish.title, Wish.id).where(
        Wish.station_id == station, Wish.title.in_([wish.title for wish in wishes()])
    )
    found = {(maker, title): id_ for maker, title, id_ in await tx.execute(statement)}
    return {key_of(wish): found[key_of(wish)] for wish in wishes() if key_of(wish) in found}


def key_of(wish: PlannedWish) -> Key:
    """What one of the demo's wishes is known by."""
    return wish.maker.id, wish.title


async def live(tx: AsyncSession, who: Hands, planned: PlannedWish) -> None:
    """Let one wish be made and go through all that is planned for it."""
    wish = await actions.post(tx, who.through(planned.maker), planned.title, planned.details)
    for act in planned.acts:
        await PERFORM[act.verb](tx, who, wish.id, planned, act)
    await _set_back(tx, wish, planned, who.station)


async def _set_back(tx: AsyncSession, wish: Wish, planned: PlannedWish, station: Station) -> None:
    """Spread the wish's times over the past, as planned.

    The clock is not turned back instead: it is everybody's, and the services run meanwhile.
    """
    await tx.flush()
    posted = _moment(station, planned, planned.posted_days_ago)
    at: dict[str, datetime] = {"post": posted}
    for version, act in enumerate(planned.acts, start=2):
        at[act.verb] = _moment(station, planned, act.days_ago)
        step = update(WishStep).where(WishStep.wish_id == wish.id, WishStep.version == version)
        await tx.execute(step.values(at=at[act.verb]))
    first = update(WishStep).where(WishStep.wish_id == wish.id, WishStep.version == 1)
    await tx.execute(first.values(at=posted))
    times = {
        "created_at": posted,
        "open_since": wish.open_since and at.get("give_back", at.get("approve")),
        "lease_until": wish.lease_until and at["claim"] + LEASE,
        "delivered_at": wish.delivered_at and at["deliver"],
        "fulfilled_at": wish.fulfilled_at and at["confirm"],
    }
    # On the table: through the mapper this would count as one more version of the wish.
    table = Wish.__table__
    await tx.execute(update(table).where(table.c.id == wish.id).values(times))  # type: ignore[arg-type]  # a Table, typed as FromClause


def _moment(station: Station, planned: PlannedWish, days_ago: float) -> datetime:
    """So long before the demo was loaded; what came true did so this year, however young it is."""
    loaded = station.created_at
    if planned.came_true:
        local = loaded.astimezone(station.zone)
        year = local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        days_ago *= min(1.0, (local - year) / timedelta(days=160))
    return loaded - timedelta(days=days_ago)
