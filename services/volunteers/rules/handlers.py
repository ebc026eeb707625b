"""Paying for what messages tell, and taking back what was paid for what is no longer so."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.ledger import actions as ledger
from services.volunteers.ledger.models import AccountKey, Cause, Posting, SourceEvent, lock_of
from services.volunteers.ledger.queries import awards_for
from services.volunteers.people.queries import approved_volunteers
from services.volunteers.rules.models import OWNERS, Rule, RuleEvaluation, in_force
from services.volunteers.rules.queries import rules_for, was_evaluated
from shared import clock
from shared.bus.message import Message
from shared.contracts.envelope import Contract
from shared.contracts.intake import WishFulfilled, WishReopened
from shared.errors import NotYet
from shared.language import N_

# What a message takes back: the type that paid.
REVERSES: dict[type[Contract], type[Contract]] = {WishReopened: WishFulfilled}
REVERSAL_REASON = N_("The confirmation of a wish was withdrawn")

DueAward = tuple[Message[Any], Rule, tuple[str, UUID]]


async def award_points(tx: AsyncSession, messages: Sequence[Message[Any]]) -> None:
    """Pay what the rules in force when it happened say, each cause once.

    Raises NotYet while a volunteer who is to be paid is not known here as approved.
    """
    due = await _due_awards(tx, await _mark_evaluated(tx, messages))
    await _require_approved(tx, due)
    postings = []
    because = {}
    for message, rule, (kind, payee) in due:
        account = AccountKey(message.station, OWNERS[kind], payee)
        posting = Posting.award(_cause(message, rule), account, rule.points(message.content))
        postings.append(posting)
        because[posting.id] = message
    await ledger.post(tx, postings, because)


async def reverse_points(tx: AsyncSession, messages: Sequence[Message[Any]]) -> None:
    """Take back what was paid for a revision that is no longer so; NotYet before it was judged."""
    for message in messages:
        paying = REVERSES[type(message.content)].type
        occasion = SourceEvent(message.station, paying, message.subject, revision(message))
        if not await was_evaluated(tx, occasion):
            raise NotYet
        paid = await awards_for(tx, occasion)
        await ledger.reverse(tx, paid, reason=REVERSAL_REASON, message=message)


def revision(message: Message[Any]) -> int:
    """Which occurrence for its aggregate a message tells of: the content's word, or the version."""
    return int(getattr(message.content, "revision", message.sequence))


def account_locks(messages: Iterable[Message[Any]]) -> list[str]:
    """The locks of whomever a rule may choose to pay from the messages."""
    candidates = ("taker_id", "resident_id")
    owners = {getattr(message.content, name, None) for message in messages for name in candidates}
    return [lock_of(owner) for owner in owners if owner is not None]


async def _mark_evaluated(tx: AsyncSession, messages: Sequence[Message[Any]]) -> list[Message[Any]]:
    told = {_source_event(message): message for message in messages}
    rows = [{**asdict(occasion), "judged_at": clock.now()} for occasion in sorted(told)]
    statement = (
        insert(RuleEvaluation)
        .on_conflict_do_nothing()
        .returning(
            RuleEvaluation.station_id,
            RuleEvaluation.type,
            RuleEvaluation.subject,
            RuleEvaluation.revision,
        )
    )
    fresh = await tx.execute(statement, rows)
    return [told[SourceEvent(*row)] for row in fresh]


async def _due_awards(tx: AsyncSession, messages: Iterable[Message[Any]]) -> list[DueAward]:
    by_type: dict[str, list[Message[Any]]] = {}
    for message in messages:
        by_type.setdefault(message.type, []).append(message)
    due = []
    for type_, told in by_type.items():
        rules = await rules_for(tx, type_, {message.station for message in told})
        for message in told:
            for rule in in_force(rules, message.station, message.time):
                payee = rule.payee(message.content)
                if payee is not None and rule.points(message.content):
                    due.append((message, rule, payee))
    return due


async def _require_approved(tx: AsyncSession, due: Iterable[DueAward]) -> None:
    wanted = {(message.station, id_) for message, _, (kind, id_) in due if kind == "volunteer"}
    if wanted - await approved_volunteers(tx, wanted):
        raise NotYet


def _source_event(message: Message[Any]) -> SourceEvent:
    return SourceEvent(message.station, message.type, message.subject, revision(message))


def _cause(message: Message[Any], rule: Rule) -> Cause:
    return Cause(
        source_event=_source_event(message),
        rule=rule.name,
        rule_version=rule.version,
        reason=rule.reason,
        title=getattr(message.content, "title", ""),
        correlation=message.correlation,
    )
