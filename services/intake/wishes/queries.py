"""Reading wishes, each as its reader may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts import queries as accounts
from services.intake.residents import queries as residents
from services.intake.residents.queries import Address, Person
from services.intake.wishes.history import WishStep
from services.intake.wishes.models import UNANSWERED, State, Wish
from shared import clock
from shared.auth import Actor
from shared.db import PAGE, Page, load, page
from shared.errors import NotFound


@dataclass(frozen=True)
class Seen:
    """A wish as one reader sees it: names and home are None where they aren't for this reader."""

    wish: Wish
    resident_name: str | None
    home: Address | None
    taker_name: str | None


@dataclass(frozen=True)
class SeenStep:
    """A step as one reader sees it: note and name are None where they aren't for this reader."""

    step: WishStep
    note: str | None
    name: str | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which wishes to list: `mine` made by the reader, `taken` by the reader (or the station)."""

    states: tuple[State, ...] = ()
    mine: bool = False
    taken: bool = False
    needs_decision: bool = False


async def get(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Seen:
    """One wish; NotFound where the actor may not know of it."""
    wish = await load(tx, Wish, wish_id, station=actor.station)
    if not wish.visible_to(actor):
        raise NotFound
    return await seen(tx, actor, wish)


async def seen(tx: AsyncSession, actor: Actor, wish: Wish) -> Seen:
    """A wish as the actor sees it."""
    return (await _as_seen(tx, actor, [wish]))[0]


async def listed(
    tx: AsyncSession,
    actor: Actor,
    wanted: Wanted,
    after: UUID | None = None,
    limit: int = PAGE,
) -> Page[Seen]:
    """The wishes that the actor may know of, newest first."""
    statement = select(Wish).where(
        Wish.station_id == actor.station, _visible(actor), *_conditions(actor, wanted)
    )
    found: Page[Wish] = await page(tx, statement, Wish.id, after=after, limit=limit)
    return Page(await _as_seen(tx, actor, found.items), found.after)


async def steps(tx: AsyncSession, actor: Actor, wish: Wish) -> list[SeenStep]:
    """The wish's steps, oldest first.

    Its resident and the desk read every note; its taker what was said since they have it. Names
    are for the desk.
    """
    taken = (
        await tx.scalars(
            select(WishStep).where(WishStep.wish_id == wish.id).order_by(WishStep.version)
        )
    ).all()
    names = await names_of(tx, actor.station, [s.person for s in taken]) if actor.at_desk else {}
    since = _readable_since(actor, wish, taken)
    return [SeenStep(s, s.note if s.version >= since else None, names.get(s.person)) for s in taken]


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


async def _as_seen(tx: AsyncSession, actor: Actor, wishes: Sequence[Wish]) -> list[Seen]:
    shown = [wish for wish in wishes if wish.shows_person_to(actor)]
    people = await residents.people(tx, actor.station, [wish.resident_id for wish in shown])
    takers = await names_of(tx, actor.station, [w.taker_id for w in shown if w.taker_id])
    return [_one_seen(wish, actor, people, takers) for wish in wishes]


def _one_seen(
    wish: Wish, actor: Actor, people: dict[UUID, Person], takers: dict[UUID, str]
) -> Seen:
    if not wish.shows_person_to(actor):
        return Seen(wish, None, None, None)
    maker = people[wish.resident_id]
    taker = takers.get(wish.taker_id) if wish.taker_id else None
    return Seen(wish, maker.name, maker.home, taker)


def _visible(actor: Actor) -> ColumnElement[bool]:
    """In SQL what `Wish.visible_to` says; a test holds the two together."""
    if actor.at_desk:
        return true()
    return or_(
        Wish.state == State.OPEN,
        Wish.resident_id == actor.for_whom,
        Wish.taker_id == actor.for_whom,
    )


def _conditions(actor: Actor, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.states:
        conditions.append(Wish.state.in_(wanted.states))
    if wanted.mine:
        conditions.append(Wish.resident_id == actor.for_whom)
    if wanted.taken:
        taker = actor.station if actor.at_desk else actor.for_whom
        conditions.append(Wish.taker_id == taker)
    if wanted.needs_decision:
        due = clock.now() - UNANSWERED
        conditions += [Wish.state == State.DELIVERED, Wish.delivered_at <= due]
    return conditions


def _readable_since(actor: Actor, wish: Wish, taken: Sequence[WishStep]) -> int:
    """The version from which on the actor may read the notes."""
    if actor.at_desk or wish.made_by(actor):
        return 0
    claims = [s.version for s in taken if s.from_state == State.OPEN]
    return claims[-1] if claims and wish.taken_by(actor) else wish.version + 1
