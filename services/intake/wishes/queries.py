"""The queries of wishes, each wish as its reader may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts import queries as accounts
from services.intake.register.queries import Address
from services.intake.residents import queries as residents
from services.intake.residents.queries import Person
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import DESK_DECIDES_AFTER, Wish
from services.intake.wishes.states import WishState
from shared import clock
from shared.aggregate import load
from shared.auth import Actor
from shared.errors import NotFound
from shared.pagination import DEFAULT_PAGE_SIZE, Page, page


@dataclass(frozen=True)
class WishForReader:
    """A wish as one reader sees it; names and home are None where the reader may not know them."""

    wish: Wish
    resident_name: str | None
    home: Address | None
    taker_name: str | None


@dataclass(frozen=True)
class TransitionForReader:
    """A transition as one reader sees it; note and name are None where they are hidden."""

    transition: WishTransition
    note: str | None
    name: str | None


@dataclass(frozen=True, kw_only=True)
class WishFilter:
    """A filter: the reader's wishes (`mine`), those taken by the reader or station (`as_taker`)."""

    states: tuple[WishState, ...] = ()
    mine: bool = False
    as_taker: bool = False
    needs_decision: bool = False


async def get(tx: AsyncSession, actor: Actor, wish_id: UUID) -> WishForReader:
    """Return a wish that the actor may know of. Raises: NotFound."""
    wish = await load(tx, Wish, wish_id, station=actor.station)
    if not wish.visible_to(actor):
        raise NotFound
    return await for_reader(tx, actor, wish)


async def for_reader(tx: AsyncSession, actor: Actor, wish: Wish) -> WishForReader:
    """Return a wish as the actor sees it."""
    return (await _load_for_reader(tx, actor, [wish]))[0]


async def list_wishes(
    tx: AsyncSession,
    actor: Actor,
    filters: WishFilter,
    after: UUID | None = None,
    limit: int = DEFAULT_PAGE_SIZE,
) -> Page[WishForReader]:
    """List the wishes that the actor may know of, newest first."""
    statement = select(Wish).where(
        Wish.station_id == actor.station, _visible(actor), *_conditions(actor, filters)
    )
    wishes: Page[Wish] = await page(tx, statement, Wish.id, after=after, limit=limit)
    return Page(await _load_for_reader(tx, actor, wishes.items), wishes.after)


async def list_transitions(tx: AsyncSession, actor: Actor, wish: Wish) -> list[TransitionForReader]:
    """List the wish's transitions, oldest first.

    The resident and the desk read every note, the taker those since the present claim. Only the
    desk reads names.
    """
    transitions = (
        await tx.scalars(
            select(WishTransition)
            .where(WishTransition.wish_id == wish.id)
            .order_by(WishTransition.version)
        )
    ).all()
    people = [transition.person for transition in transitions] if actor.is_staff else []
    names = await load_names(tx, actor.station, people)
    since = _readable_since(actor, wish, transitions)
    return [
        TransitionForReader(one, one.note if one.version >= since else None, names.get(one.person))
        for one in transitions
    ]


async def load_names(tx: AsyncSession, station: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Map ids to names of residents and accounts; the caller checks who may know them."""
    unique_ids = list(set(ids))
    if not unique_ids:
        return {}
    account_names = await accounts.load_names(tx, station, unique_ids)
    people = await residents.load_people(tx, station, unique_ids)
    return account_names | {id_: person.name for id_, person in people.items()}


async def _load_for_reader(
    tx: AsyncSession, actor: Actor, wishes: Sequence[Wish]
) -> list[WishForReader]:
    with_person = [wish for wish in wishes if wish.shows_person_to(actor)]
    ids = [wish.resident_id for wish in with_person]
    people = await residents.load_people(tx, actor.station, ids)
    takers = await load_names(tx, actor.station, [w.taker_id for w in with_person if w.taker_id])
    return [_build_for_reader(wish, actor, people, takers) for wish in wishes]


def _build_for_reader(
    wish: Wish, actor: Actor, people: dict[UUID, Person], takers: dict[UUID, str]
) -> WishForReader:
    if not wish.shows_person_to(actor):
        return WishForReader(wish, None, None, None)
    resident = people[wish.resident_id]
    taker = takers.get(wish.taker_id) if wish.taker_id else None
    return WishForReader(wish, resident.name, resident.home, taker)


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Build the SQL condition of `Wish.visible_to`; a test compares the two."""
    if actor.is_staff:
        return true()
    return or_(
        Wish.state == WishState.OPEN,
        Wish.resident_id == actor.subject_id,
        Wish.taker_id == actor.subject_id,
    )


def _conditions(actor: Actor, filters: WishFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.states:
        conditions.append(Wish.state.in_(filters.states))
    if filters.mine:
        conditions.append(Wish.resident_id == actor.subject_id)
    if filters.as_taker:
        taker = actor.station if actor.is_staff else actor.subject_id
        conditions.append(Wish.taker_id == taker)
    if filters.needs_decision:
        due = clock.now() - DESK_DECIDES_AFTER
        conditions += [Wish.state == WishState.DELIVERED, Wish.delivered_at <= due]
    return conditions


def _readable_since(actor: Actor, wish: Wish, transitions: Sequence[WishTransition]) -> int:
    """Return the first version whose note the actor may read."""
    if actor.is_staff or wish.is_owner(actor):
        return 0
    claims = [s.version for s in transitions if s.from_state == WishState.OPEN]
    return claims[-1] if claims and wish.is_taker(actor) else wish.version + 1
