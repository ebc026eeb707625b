"""Message handlers that award points by the rules, and reverse withdrawn awards."""

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
from shared.bus.message import BatchHandler, Handlers, Message
from shared.contracts.contract import Contract
from shared.contracts.events import EventAttended
from shared.contracts.intake import WishFulfilled, WishReopened
from shared.errors import NotYet
from shared.language import N_

# A message of the first type reverses the awards for a message of the second.
REVERSES: dict[type[Contract], type[Contract]] = {WishReopened: WishFulfilled}
REVERSAL_REASON = N_("The confirmation of a wish was withdrawn")

DueAward = tuple[Message[Any], Rule, tuple[str, UUID]]


async def award_points(tx: AsyncSession, messages: Sequence[Message[Any]]) -> None:
    """Award the points of the rules in force at the time of each message, once per source event.

    Raises: NotYet while a volunteer who is to be paid is not approved here.
    """
    due = await _due_awards(tx, await _mark_evaluated(tx, messages))
    await _require_approved(tx, due)
    postings = []
    causes = {}
    for message, rule, (kind, payee) in due:
        account = AccountKey(message.station, OWNERS[kind], payee)
        posting = Posting.award(_cause(message, rule), account, rule.points(message.content))
        postings.append(posting)
        causes[posting.id] = message
    await ledger.post(tx, postings, causes)


async def reverse_points(tx: AsyncSession, messages: Sequence[Message[Any]]) -> None:
    """Reverse the awards for the revision that each message withdraws.

    Raises: NotYet while the rules have not evaluated that revision.
    """
    for message in messages:
        awarding_type = REVERSES[type(message.content)].type
        event = SourceEvent(message.station, awarding_type, message.subject, revision(message))
        if not await was_evaluated(tx, event):
            raise NotYet
        awards = await awards_for(tx, event)
        await ledger.reverse(tx, awards, reason=REVERSAL_REASON, message=message)


def revision(message: Message[Any]) -> int:
    """Return the revision in the message's content, or else the message's sequence."""
    return int(getattr(message.content, "revision", message.sequence))


async def account_locks(tx: AsyncSession, messages: Sequence[Message[Any]]) -> list[str]:
    """List the locks of the accounts that the rules, in any version, may pay or have paid."""
    stations = {message.station for message in messages}
    rules = {
        type_: await rules_for(tx, type_, stations) for type_ in set(map(_ruled_type, messages))
    }
    payees = (
        rule.payee_id(message.content)
        for message in messages
        for rule in rules[_ruled_type(message)]
    )
    return [lock_of(payee) for payee in payees if payee is not None]


def _ruled_type(message: Message[Any]) -> str:
    """Return the type that rules are for: of a reversal, the type that it reverses."""
    awarding: type[Contract] = REVERSES.get(type(message.content), type(message.content))
    return awarding.type


async def _mark_evaluated(tx: AsyncSession, messages: Sequence[Message[Any]]) -> list[Message[Any]]:
    by_event = {_source_event(message): message for message in messages}
    rows = [{**asdict(event), "judged_at": clock.now()} for event in sorted(by_event)]
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
    return [by_event[SourceEvent(*row)] for row in fresh]


async def _due_awards(tx: AsyncSession, messages: Iterable[Message[Any]]) -> list[DueAward]:
    by_type: dict[str, list[Message[Any]]] = {}
    for message in messages:
        by_type.setdefault(message.type, []).append(message)
    due = []
    for type_, same_type in by_type.items():
        rules = await rules_for(tx, type_, {message.station for message in same_type})
        for message in same_type:
            for rule in in_force(rules, message.station, message.time):
                payee = rule.payee(message.content)
                if payee is not None and rule.points(message.content):
                    due.append((message, rule, payee))
    return due


async def _require_approved(tx: AsyncSession, due: Iterable[DueAward]) -> None:
    payees = {(message.station, id_) for message, _, (kind, id_) in due if kind == "volunteer"}
    if payees - await approved_volunteers(tx, payees):
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


HANDLERS: Handlers = {
    WishFulfilled: [BatchHandler(award_points, account_locks)],
    EventAttended: [BatchHandler(award_points, account_locks)],
    WishReopened: [BatchHandler(reverse_points, account_locks)],
}
