"""The actions on a wish: the texts of each, and which of them a reader may take."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from services.intake.wishes.models import DESK_DECIDES_AFTER, REOPEN_WINDOW, Wish, WishState
from shared import clock
from shared.auth import STAFF_ROLES, Actor, Role
from shared.language import N_

ActionHandler = Callable[[AsyncSession, Actor, UUID, str], Awaitable[Wish]]


@dataclass(frozen=True, kw_only=True)
class WishAction:
    """One action on a wish: `description` explains it, `success_message` is shown after it.

    An action without `title` has no page and takes one tap. `optional_text_label` and
    `required_text_label` are the label of its text. `primary` actions are the main ones,
    `destructive` ones can't be undone.
    """

    name: str
    policy: str
    button: str
    success_message: str
    handler: ActionHandler | None = None
    title: str = ""
    description: str = ""
    required_text_label: str = ""
    optional_text_label: str = ""
    primary: bool = False
    destructive: bool = False


async def _approve(tx: AsyncSession, actor: Actor, wish_id: UUID, _: str) -> Wish:
    return await actions.approve(tx, actor, wish_id)


async def _claim(tx: AsyncSession, actor: Actor, wish_id: UUID, _: str) -> Wish:
    return await actions.claim(tx, actor, wish_id)


async def _release(tx: AsyncSession, actor: Actor, wish_id: UUID, text: str) -> Wish:
    return await actions.release(tx, actor, wish_id, text or None)


async def _withdraw(tx: AsyncSession, actor: Actor, wish_id: UUID, _: str) -> Wish:
    return await actions.withdraw(tx, actor, wish_id)


APPROVE = WishAction(
    name="approve",
    primary=True,
    policy="wishes.review",
    button=N_("Publish it"),
    success_message=N_("The wish is published."),
    handler=_approve,
)
DECLINE = WishAction(
    name="decline",
    policy="wishes.review",
    button=N_("Don't accept it"),
    success_message=N_("The wish is not accepted, and its maker is told why."),
    handler=actions.decline,
    title=N_("Why can't this wish be accepted?"),
    description=N_("The resident reads these words. This can't be undone."),
    required_text_label=N_("The reason"),
    destructive=True,
)
CLAIM = WishAction(
    name="claim",
    primary=True,
    policy="wishes.claim",
    button=N_("Take this wish"),
    success_message=N_("The wish is yours to fulfil. Here is where to go."),
    handler=_claim,
)
RELEASE = WishAction(
    name="release",
    policy="wishes.release",
    button=N_("Give it back"),
    success_message=N_("The wish is open for others again."),
    handler=_release,
    title=N_("Give this wish back?"),
    description=N_("Others can take it then. Giving back is no shame."),
    optional_text_label=N_("Why do you give it back? The resident reads this, too."),
)
DELIVER = WishAction(
    name="deliver",
    primary=True,
    policy="wishes.deliver",
    button=N_("I have done it"),
    success_message=N_("Thank you! The resident is asked now whether it came true."),
    title=N_("What did you do?"),
)
CONFIRM = WishAction(
    name="confirm",
    primary=True,
    policy="wishes.confirm",
    button=N_("Yes, it came true"),
    success_message=N_("How good! The one who did it hears of it and gets points."),
    title=N_("Did the wish come true?"),
    description=N_("Whoever fulfilled it hears of it and gets points."),
    optional_text_label=N_("A word of thanks"),
)
REFUSE = WishAction(
    name="refuse",
    policy="wishes.confirm",
    button=N_("Not yet"),
    success_message=N_("Whoever took it is told what is missing."),
    handler=actions.refuse,
    title=N_("What is missing?"),
    description=N_("Whoever took the wish reads these words and goes on with it."),
    required_text_label=N_("What is missing"),
)
WITHDRAW = WishAction(
    name="withdraw",
    policy="wishes.withdraw",
    button=N_("Withdraw the wish"),
    success_message=N_("The wish is withdrawn."),
    handler=_withdraw,
    title=N_("Withdraw this wish?"),
    description=N_(
        "Nobody works on it any more. This can't be undone; you can make a new wish any time."
    ),
    destructive=True,
)
ANSWER = WishAction(
    name="answer",
    policy="wishes.answer",
    button=N_("Close it with an answer"),
    success_message=N_("The wish is closed, and its maker has the answer."),
    handler=actions.answer,
    title=N_("Close this wish unfulfilled?"),
    description=N_("The resident reads these words. This can't be undone."),
    required_text_label=N_("The answer"),
    destructive=True,
)
REOPEN = WishAction(
    name="reopen",
    policy="wishes.reopen",
    button=N_("It hasn't come true after all"),
    success_message=N_("The confirmation is withdrawn; the points go back."),
    handler=actions.reopen,
    title=N_("Withdraw the confirmation?"),
    description=N_("The wish goes back to whoever took it, and the points are taken back."),
    required_text_label=N_("What is missing"),
)
# DELIVER and CONFIRM are not here: they have forms of their own in `deliver_and_confirm`.
ACTIONS = (APPROVE, DECLINE, CLAIM, RELEASE, REFUSE, WITHDRAW, ANSWER, REOPEN)
SUCCESS_MESSAGES = {action.name: action.success_message for action in (*ACTIONS, DELIVER, CONFIRM)}


@dataclass(frozen=True)
class AvailableAction:
    """An action that the reader may take, for `on_behalf` in the name of the owner."""

    action: WishAction
    on_behalf: bool = False


def available_actions(wish: Wish, actor: Actor) -> list[AvailableAction]:
    """Return the actions that `actor` may take on `wish` now, the likeliest first."""
    return {
        WishState.POSTED: _of_posted,
        WishState.OPEN: _of_open,
        WishState.CLAIMED: _of_claimed,
        WishState.DELIVERED: _of_delivered,
        WishState.FULFILLED: _of_fulfilled,
    }.get(WishState(wish.state), _no_actions)(wish, actor)


def _no_actions(_wish: Wish, _actor: Actor) -> list[AvailableAction]:
    return []


def _of_posted(wish: Wish, actor: Actor) -> list[AvailableAction]:
    review = [AvailableAction(APPROVE), AvailableAction(DECLINE)] if actor.is_staff else []
    return review + _withdrawal(wish, actor)


def _of_open(wish: Wish, actor: Actor) -> list[AvailableAction]:
    can_take = actor.has(Role.VOLUNTEER, Role.PARTNER, *STAFF_ROLES) and not wish.is_owner(actor)
    closing = [AvailableAction(ANSWER)] if actor.is_staff else []
    return ([AvailableAction(CLAIM)] if can_take else []) + closing + _withdrawal(wish, actor)


def _of_claimed(wish: Wish, actor: Actor) -> list[AvailableAction]:
    available = [AvailableAction(DELIVER)] if wish.is_taker(actor) else []
    if wish.is_taker(actor) or actor.is_staff:
        available.append(AvailableAction(RELEASE))
    closing = [AvailableAction(ANSWER)] if actor.is_staff else []
    return available + closing + _withdrawal(wish, actor)


def _of_delivered(wish: Wish, actor: Actor) -> list[AvailableAction]:
    is_own_delivery = actor.person == wish.delivered_by
    if wish.is_owner(actor):
        return [AvailableAction(CONFIRM), AvailableAction(REFUSE)]
    if not actor.is_staff or is_own_delivery:
        return []
    is_overdue = wish.delivered_at and clock.now() - wish.delivered_at >= DESK_DECIDES_AFTER
    decision = [AvailableAction(CONFIRM), AvailableAction(REFUSE)] if is_overdue else []
    return [
        *decision,
        AvailableAction(CONFIRM, on_behalf=True),
        AvailableAction(REFUSE, on_behalf=True),
    ]


def _of_fulfilled(wish: Wish, actor: Actor) -> list[AvailableAction]:
    is_recent = wish.fulfilled_at and clock.now() - wish.fulfilled_at <= REOPEN_WINDOW
    return (
        [AvailableAction(REOPEN)] if actor.is_staff or (wish.is_owner(actor) and is_recent) else []
    )


def _withdrawal(wish: Wish, actor: Actor) -> list[AvailableAction]:
    if wish.is_owner(actor):
        return [AvailableAction(WITHDRAW)]
    return [AvailableAction(WITHDRAW, on_behalf=True)] if actor.is_staff else []
