"""What can be done with a wish on a page: the words of each act, and to whom it is offered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.wishes import actions
from services.intake.wishes.models import REOPENABLE, UNANSWERED, State, Wish
from shared import clock
from shared.auth import DESK, Actor, Role
from shared.language import N_

Do = Callable[[AsyncSession, Actor, UUID, str], Awaitable[Wish]]


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: `lead` says what it means, `done` what came of it.

    An act without `title` needs no page of its own and is done with one tap; `note` says that
    something may be written, `ask` that something must. `first` acts are what one
    comes for, `grave` ones can't be undone.
    """

    name: str
    policy: str
    button: str
    done: str
    do: Do | None = None
    title: str = ""
    lead: str = ""
    ask: str = ""
    note: str = ""
    first: bool = False
    grave: bool = False


async def _approve(tx: AsyncSession, actor: Actor, wish_id: UUID, _: str) -> Wish:
    return await actions.approve(tx, actor, wish_id)


async def _claim(tx: AsyncSession, actor: Actor, wish_id: UUID, _: str) -> Wish:
    return await actions.claim(tx, actor, wish_id)


async def _release(tx: AsyncSession, actor: Actor, wish_id: UUID, text: str) -> Wish:
    return await actions.release(tx, actor, wish_id, text or None)


async def _withdraw(tx: AsyncSession, actor: Actor, wish_id: UUID, _: str) -> Wish:
    return await actions.withdraw(tx, actor, wish_id)


APPROVE = Act(
    name="approve",
    first=True,
    policy="wishes.review",
    button=N_("Publish it"),
    done=N_("The wish is published."),
    do=_approve,
)
DECLINE = Act(
    name="decline",
    policy="wishes.review",
    button=N_("Don't accept it"),
    done=N_("The wish is not accepted, and its maker is told why."),
    do=actions.decline,
    title=N_("Why can't this wish be accepted?"),
    lead=N_("The resident reads these words. This can't be undone."),
    ask=N_("The reason"),
    grave=True,
)
CLAIM = Act(
    name="claim",
    first=True,
    policy="wishes.claim",
    button=N_("Take this wish"),
    done=N_("The wish is yours to fulfil. Here is where to go."),
    do=_claim,
)
RELEASE = Act(
    name="release",
    policy="wishes.release",
    button=N_("Give it back"),
    done=N_("The wish is open for others again."),
    do=_release,
    title=N_("Give this wish back?"),
    lead=N_("Others can take it then. Giving back is no shame."),
    note=N_("Why do you give it back? The resident reads this, too."),
)
DELIVER = Act(
    name="deliver",
    first=True,
    policy="wishes.deliver",
    button=N_("I have done it"),
    done=N_("Thank you! The resident is asked now whether it came true."),
    title=N_("What did you do?"),
)
CONFIRM = Act(
    name="confirm",
    first=True,
    policy="wishes.confirm",
    button=N_("Yes, it came true"),
    done=N_("How good! The one who did it hears of it and gets points."),
    title=N_("Did the wish come true?"),
    lead=N_("Whoever fulfilled it hears of it and gets points."),
    note=N_("A word of thanks"),
)
REFUSE = Act(
    name="refuse",
    policy="wishes.confirm",
    button=N_("Not yet"),
    done=N_("Whoever took it is told what is missing."),
    do=actions.refuse,
    title=N_("What is missing?"),
    lead=N_("Whoever took the wish reads these words and goes on with it."),
    ask=N_("What is missing"),
)
WITHDRAW = Act(
    name="withdraw",
    policy="wishes.withdraw",
    button=N_("Withdraw the wish"),
    done=N_("The wish is withdrawn."),
    do=_withdraw,
    title=N_("Withdraw this wish?"),
    lead=N_("Nobody works on it any more. This can't be undone; you can make a new wish any time."),
    grave=True,
)
ANSWER = Act(
    name="answer",
    policy="wishes.answer",
    button=N_("Close it with an answer"),
    done=N_("The wish is closed, and its maker has the answer."),
    do=actions.answer,
    title=N_("Close this wish unfulfilled?"),
    lead=N_("The resident reads these words. This can't be undone."),
    ask=N_("The answer"),
    grave=True,
)
REOPEN = Act(
    name="reopen",
    policy="wishes.reopen",
    button=N_("It hasn't come true after all"),
    done=N_("The confirmation is withdrawn; the points go back."),
    do=actions.reopen,
    title=N_("Withdraw the confirmation?"),
    lead=N_("The wish goes back to whoever took it, and the points are taken back."),
    ask=N_("What is missing"),
)
# Delivering and confirming have forms of their own.
ACTS = (APPROVE, DECLINE, CLAIM, RELEASE, REFUSE, WITHDRAW, ANSWER, REOPEN)
DONE = {act.name: act.done for act in (*ACTS, DELIVER, CONFIRM)}


@dataclass(frozen=True)
class Offer:
    """An act that the reader may do, perhaps on behalf of the resident."""

    act: Act
    behalf: bool = False


def offered(wish: Wish, actor: Actor) -> list[Offer]:
    """What the reader may do with the wish now, the likeliest first."""
    return {
        State.POSTED: _of_posted,
        State.OPEN: _of_open,
        State.CLAIMED: _of_claimed,
        State.DELIVERED: _of_delivered,
        State.FULFILLED: _of_fulfilled,
    }.get(State(wish.state), _nothing)(wish, actor)


def _nothing(_wish: Wish, _actor: Actor) -> list[Offer]:
    return []


def _of_posted(wish: Wish, actor: Actor) -> list[Offer]:
    review = [Offer(APPROVE), Offer(DECLINE)] if actor.at_desk else []
    return review + _withdrawal(wish, actor)


def _of_open(wish: Wish, actor: Actor) -> list[Offer]:
    taker = actor.has(Role.VOLUNTEER, Role.PARTNER, *DESK) and not wish.made_by(actor)
    closing = [Offer(ANSWER)] if actor.at_desk else []
    return ([Offer(CLAIM)] if taker else []) + closing + _withdrawal(wish, actor)


def _of_claimed(wish: Wish, actor: Actor) -> list[Offer]:
    offers = [Offer(DELIVER)] if wish.taken_by(actor) else []
    if wish.taken_by(actor) or actor.at_desk:
        offers.append(Offer(RELEASE))
    closing = [Offer(ANSWER)] if actor.at_desk else []
    return offers + closing + _withdrawal(wish, actor)


def _of_delivered(wish: Wish, actor: Actor) -> list[Offer]:
    own_work = actor.person == wish.delivered_by
    if wish.made_by(actor):
        return [Offer(CONFIRM), Offer(REFUSE)]
    if not actor.at_desk or own_work:
        return []
    overdue = wish.delivered_at and clock.now() - wish.delivered_at >= UNANSWERED
    decision = [Offer(CONFIRM), Offer(REFUSE)] if overdue else []
    return [*decision, Offer(CONFIRM, behalf=True), Offer(REFUSE, behalf=True)]


def _of_fulfilled(wish: Wish, actor: Actor) -> list[Offer]:
    recent = wish.fulfilled_at and clock.now() - wish.fulfilled_at <= REOPENABLE
    return [Offer(REOPEN)] if actor.at_desk or (wish.made_by(actor) and recent) else []


def _withdrawal(wish: Wish, actor: Actor) -> list[Offer]:
    if wish.made_by(actor):
        return [Offer(WITHDRAW)]
    return [Offer(WITHDRAW, behalf=True)] if actor.at_desk else []
