"""The actions on a wish: the texts of each, and which of them a reader may take."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from services.intake.wishes.models import Wish
from services.intake.wishes.states import WishState
from shared.auth import Actor
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
# In the order of the page. DELIVER and CONFIRM have forms of their own in `deliver_and_confirm`.
ACTIONS = (
    APPROVE,
    DECLINE,
    CLAIM,
    DELIVER,
    RELEASE,
    ANSWER,
    CONFIRM,
    REFUSE,
    REOPEN,
    WITHDRAW,
)
SUCCESS_MESSAGES = {action.name: action.success_message for action in ACTIONS}
# What the desk enters for a resident who says so at the desk or by phone.
ON_BEHALF = (CONFIRM, REFUSE, WITHDRAW)


@dataclass(frozen=True)
class AvailableAction:
    """An action that the reader may take, for `on_behalf` in the name of the owner."""

    action: WishAction
    on_behalf: bool = False


def available_actions(wish: Wish, actor: Actor) -> list[AvailableAction]:
    """Return the actions that the page of `wish` offers to `actor`, the likeliest first."""
    available = [AvailableAction(action) for action in _offered_actions(wish, actor)]
    if actor.is_staff and not wish.is_owner(actor):
        for_owner = _offered_actions(wish, actor.acting_for(wish.resident_id))
        available += [AvailableAction(one, on_behalf=True) for one in for_owner if one in ON_BEHALF]
    return available


def _offered_actions(wish: Wish, actor: Actor) -> list[WishAction]:
    """Return the allowed actions that the page offers; it hides two that are allowed.

    A delivered wish asks whether it came true: withdrawing it would throw the work away. Whoever
    may not confirm a delivery, since it was their own, should not refuse it either.
    """
    allowed = wish.allowed_actions(actor)
    if wish.state == WishState.DELIVERED:
        allowed -= {WITHDRAW.name}
    if CONFIRM.name not in allowed:
        allowed -= {REFUSE.name}
    return [action for action in ACTIONS if action.name in allowed]
