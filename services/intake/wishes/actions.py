"""The actions on a wish: each loads it, lets it decide, and saves what changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.delegation import check_on_behalf, require_resident
from services.intake.residents import queries as residents
from services.intake.volunteers_view.queries import is_approved_volunteer
from services.intake.wishes.errors import AnsweredSince, NotAVolunteer, SameTaker
from services.intake.wishes.history import WishTransition
from services.intake.wishes.models import Wish
from services.intake.wishes.states import ASSIGNED_STATES, WishState
from services.intake.wishes.taker import Taker
from shared.aggregate import load_for_update
from shared.auth import Actor
from shared.contracts.intake import ReleaseReason
from shared.errors import NotFound
from shared.state import save


@dataclass(frozen=True)
class FulfilmentReport:
    """A report of what was done for a wish, with the minutes of work and the time of the report."""

    note: str
    minutes: int
    reported_at: datetime


async def post(tx: AsyncSession, actor: Actor, title: str, details: str) -> Wish:
    """Post a wish, for oneself or at the desk for a resident.

    Raises: Invalid, NotFound, CannotActOnBehalf.
    """
    require_resident(actor)
    await residents.get_resident(tx, actor.station, actor.subject_id)
    wish = Wish.post(actor.station, actor.subject_id, title, details)
    return await save(tx, actor, wish)


async def approve(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Wish:
    """Open a posted wish. Raises: AlreadyReviewed."""
    wish = await get_for_update(tx, actor, wish_id)
    wish.approve(actor)
    return await save(tx, actor, wish)


async def decline(tx: AsyncSession, actor: Actor, wish_id: UUID, reason: str) -> Wish:
    """Refuse a posted wish in review, with the reason. Raises: AlreadyReviewed."""
    wish = await get_for_update(tx, actor, wish_id)
    wish.decline(actor, reason)
    return await save(tx, actor, wish, note=reason)


async def claim(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Wish:
    """Take an open wish: for oneself, at the desk for a volunteer, or for the station.

    Raises: NotFound, AlreadyClaimed, NotOpen, OwnWish, NotAVolunteer.
    """
    wish = await _load_for_update(tx, actor, wish_id)
    # A second claimant saw the wish open a moment ago: AlreadyClaimed helps more than NotFound.
    if not (wish.state in ASSIGNED_STATES or wish.visible_to(actor)):
        raise NotFound
    await _check_taker(tx, actor.station, Taker.of(actor))
    wish.claim(actor)
    return await save(tx, actor, wish)


async def release(
    tx: AsyncSession, actor: Actor, wish_id: UUID, reason: str | None = None, to: UUID | None = None
) -> Wish:
    """Give a wish back, or hand it over to the volunteer `to` (a resident's id).

    Raises: NotYourTask, NotClaimed, AlreadyDelivered, SameTaker, NotAVolunteer, OwnWish.
    """
    wish = await get_for_update(tx, actor, wish_id)
    if to is None:
        wish.release(actor)
        return await save(tx, actor, wish, note=reason)
    if to == wish.taker_id:
        raise SameTaker
    wish.release(actor, "handed_over")
    await save(tx, actor, wish, note=reason)
    taker = Taker("volunteer", to)
    await _check_taker(tx, actor.station, taker)
    wish.assign(taker)
    return await save(tx, actor, wish)


async def deliver(tx: AsyncSession, actor: Actor, wish_id: UUID, note: str, minutes: int) -> Wish:
    """Report that a wish came true, with a `note` and the `minutes` of work.

    Raises: NotYourTask, NotClaimed, AlreadyDelivered.
    """
    wish = await get_for_update(tx, actor, wish_id)
    wish.deliver(actor, note, minutes)
    return await save(tx, actor, wish, note=note)


async def confirm(
    tx: AsyncSession,
    actor: Actor,
    wish_id: UUID,
    thanks: str | None = None,
    photos_public: bool = False,
) -> Wish:
    """Confirm that a wish came true; `photos_public` shows its photos to the neighbours too.

    Raises: NotDelivered, DeliveredByYourself, NotYours, DecisionNotDue.
    """
    wish = await get_for_update(tx, actor, wish_id)
    wish.confirm(actor, thanks, photos_public)
    return await save(tx, actor, wish, note=thanks)


async def fulfil_as_partner(
    tx: AsyncSession, partner: Actor, wish_id: UUID, report: FulfilmentReport, *, trusted: bool
) -> Wish:
    """Deliver a wish by the report of a partner's machine; an open wish is claimed first.

    The resident must confirm, unless the partner is `trusted` and the resident has refused no
    delivery of this wish. A repeated report changes nothing. Raises: NotFound (also where the
    wish has another taker), AnsweredSince.
    """
    wish = await get_for_update(tx, partner, wish_id)
    refused_at = await _last_refused_at(tx, wish)
    is_outdated = refused_at is not None and report.reported_at <= refused_at
    if wish.state == WishState.CLAIMED and is_outdated:
        raise AnsweredSince
    if wish.state == WishState.OPEN:
        wish.claim(partner)
        await save(tx, partner, wish)
    if wish.state == WishState.CLAIMED:
        wish.deliver(partner, report.note, report.minutes)
        await save(tx, partner, wish, note=report.note)
    if wish.state == WishState.DELIVERED and trusted and refused_at is None:
        wish.fulfil()
        await save(tx, partner, wish)
    return wish


async def refuse(tx: AsyncSession, actor: Actor, wish_id: UUID, reason: str) -> Wish:
    """Report that a wish did not come true. Raises: NotDelivered, NotYours, DecisionNotDue."""
    wish = await get_for_update(tx, actor, wish_id)
    wish.refuse(actor)
    return await save(tx, actor, wish, note=reason)


async def reopen(tx: AsyncSession, actor: Actor, wish_id: UUID, reason: str) -> Wish:
    """Withdraw the confirmation and its points. Raises: NotFulfilled, NotYours, TooLateToReopen."""
    wish = await get_for_update(tx, actor, wish_id)
    wish.reopen(actor)
    return await save(tx, actor, wish, note=reason)


async def withdraw(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Wish:
    """Withdraw a wish; its taker is released first. Raises: NotYours, WishClosed."""
    wish = await get_for_update(tx, actor, wish_id)
    wish.check_action("withdraw", actor)
    await _release_taker(tx, actor, wish, "withdrawn")
    wish.withdraw(actor)
    return await save(tx, actor, wish)


async def answer(tx: AsyncSession, actor: Actor, wish_id: UUID, text: str) -> Wish:
    """Close a wish unfulfilled, with an answer; its taker is released first.

    Raises: NotOpen, AlreadyDelivered.
    """
    wish = await get_for_update(tx, actor, wish_id)
    wish.check_action("answer", actor)
    await _release_taker(tx, actor, wish, "answered")
    wish.close_with_answer(actor, text)
    return await save(tx, actor, wish, note=text)


async def get_for_update(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Wish:
    """Load a wish that the actor may know of, locked until the commit. Raises: NotFound."""
    wish = await _load_for_update(tx, actor, wish_id)
    if not wish.visible_to(actor):
        raise NotFound
    return wish


async def _load_for_update(tx: AsyncSession, actor: Actor, wish_id: UUID) -> Wish:
    check_on_behalf(actor)
    return await load_for_update(tx, Wish, wish_id, station=actor.station)


async def _check_taker(tx: AsyncSession, station: UUID, taker: Taker) -> None:
    if taker.kind == "volunteer" and not await is_approved_volunteer(tx, station, taker.id):
        raise NotAVolunteer


async def _release_taker(tx: AsyncSession, actor: Actor, wish: Wish, reason: ReleaseReason) -> None:
    if wish.taker_id is not None:
        wish.release_taker(reason)
        await save(tx, actor, wish)


async def _last_refused_at(tx: AsyncSession, wish: Wish) -> datetime | None:
    """Return when the wish last went back to its taker after a delivery; None for never."""
    statement = select(func.max(WishTransition.at)).where(
        WishTransition.wish_id == wish.id,
        WishTransition.station_id == wish.station_id,
        WishTransition.from_state.in_((WishState.DELIVERED, WishState.FULFILLED)),
        WishTransition.to_state == WishState.CLAIMED,
    )
    refused_at: datetime | None = await tx.scalar(statement)
    return refused_at
