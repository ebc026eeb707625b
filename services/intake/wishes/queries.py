"""Reading wishes, each as its reader may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts import queries as accounts
from services.intake.residents import queries as residents
from services.intake.residents.queries import Address, Person
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import DESK_DECIDES_AFTER, Wish, WishState
from shared import clock
from shared.auth import Actor
from shared.db import PAGE, Page, load, page
from shared.errors import NotFound


@dataclass(frozen=True)
class WishForReader:
    """A wish as one reader sees it: names and home are None where they aren't for this reader."""

    wish: Wish
    resident_name: str | None
    home: Address | None
    taker_name: str | None


@dataclass(frozen=True)
class TransitionForReader:
    """A step as one reader sees it: note and name are None where they aren't for this reader."""

    transition: WishTransition
    note: str | None
    name: str | None


@dataclass(frozen=True, kw_only=True)
class WishFilter:
    """Which wishes to list: `mine` made by the reader, `taken` by the reader (or the station)."""

    states: tuple[WishState, ...] = ()
    mine: bool = False
    as_taker: bool = False
    needs_decision: bool = False


async def get(tx: AsyncSession, actor: Actor, wish_id: UUID) -> WishForReader:
    """One wish; NotFound where the actor may not know of it."""
    wish = await load(tx, Wish, wish_id, station=actor.station)
    if not wish.visible_to(actor):
        raise NotFound
    return await for_reader(tx, actor, wish)


async def for_reader(tx: AsyncSession, actor: Actor, wish: Wish) -> WishForReader:
    """A wish as the actor sees it."""
    return (await _load_for_reader(tx, actor, [wish]))[0]


async def list_wishes(
    tx: AsyncSession,
    actor: Actor,
    filters: WishFilter,
    after: UUID | None = None,
    limit: int = PAGE,
) -> Page[WishForReader]:
    """The wishes that the actor may know of, newest first."""
    statement = select(Wish).where(
        Wish.station_id == actor.station, _visible(actor), *_conditions(actor, filters)
    )
    found: Page[Wish] = await page(tx, statement, Wish.id, after=after, limit=limit)
    return Page(await _load_for_reader(tx, actor, found.items), found.after)


async def list_transitions(tx: AsyncSession, actor: Actor, wish: Wish) -> list[TransitionForReader]:
    """The wish's steps, oldest first.

    Its resident and the desk read every note; its taker what was said since they have it. Names
    are for the desk.
    """
    taken = (
        await tx.scalars(
            select(WishTransition)
            .where(WishTransition.wish_id == wish.id)
            .order_by(WishTransition.version)
        )
    ).all()
    names = await names_of(tx, actor.station, [s.person for s in taken]) if actor.is_staff else {}
    since = _readable_since(actor, wish, taken)
    return [
        TransitionForReader(s, s.note if s.version >= since else None, names.get(s.person))
        for s in taken
    ]


async def names_of(tx: AsyncSession, station: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of residents and accounts of the station, for those only who may know them."""
    wanted = list(set(ids))
    if not wanted:
        return {}
    named = await accounts.names(tx, station, wanted)
    people = await residents.people(tx, station, wanted)
    return {
        **named,
        **{id_: person.name for id_, person in people.items()},
    }


async def _load_for_reader(
    tx: AsyncSession, actor: Actor, wishes: Sequence[Wish]
) -> list[WishForReader]:
    shown = [wish for wish in wishes if wish.shows_person_to(actor)]
    people = await residents.people(tx, actor.station, [wish.resident_id for wish in shown])
    takers = await names_of(tx, actor.station, [w.taker_id for w in shown if w.taker_id])
    return [_build_for_reader(wish, actor, people, takers) for wish in wishes]


def _build_for_reader(
    wish: Wish, actor: Actor, people: dict[UUID, Person], takers: dict[UUID, str]
) -> WishForReader:
    if not wish.shows_person_to(actor):
        return WishForReader(wish, None, None, None)
    maker = people[wish.resident_id]
    taker = takers.get(wish.taker_id) if wish.taker_id else None
    return WishForReader(wish, maker.name, maker.home, taker)


def _visible(actor: Actor) -> ColumnElement[bool]:
    """In SQL what `Wish.visible_to` says; a test holds the two together."""
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
    """The version from which on the actor may read the notes."""
    if actor.is_staff or wish.is_owner(actor):
        return 0
    claims = [s.version for s in transitions if s.from_state == WishState.OPEN]
    return claims[-1] if claims and wish.is_taker(actor) else wish.version + 1
