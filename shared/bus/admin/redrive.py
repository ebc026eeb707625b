"""Redrive: list failed messages, retry or skip them, and log each action of an operator."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Update, and_, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.bus import commit_hooks
from shared.bus.tables import ActionKind, FailureState, inbox, redrives
from shared.contracts.envelope import Envelope, InvalidMessage
from shared.db import database_now
from shared.errors import NotFound
from shared.ids import new_id
from shared.language import N_
from shared.pagination import Page, PageRequest

SEALED = "(sealed)"
RETRY_ALL_LIMIT = 1_000
_RETRIES_DUE = "due"


class UnknownMessage(NotFound):
    """Key of no failed message: the message never arrived, or it is done."""

    title = N_("No message with this key is kept: it never came, or it is done")


@dataclass(frozen=True, slots=True)
class Operator:
    """Operator of a service's messages: of those of one `station`, or of all stations for None."""

    service: str
    identity: str
    station: UUID | None = None


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Filter of failed messages; None matches any. `publisher` is a partner's broker user."""

    state: FailureState | None = None
    type: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class OperatorAction:
    """An action and its reason, for the log; `chosen` is the filter of an action on many."""

    kind: ActionKind
    reason: str
    message_key: UUID | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict)


def wake_when_due(sessions: async_sessionmaker[AsyncSession], wake: asyncio.Event) -> None:
    """Set the retry worker's `wake` on every commit of these `sessions` that made messages due."""
    commit_hooks.wake_on_commit(sessions, _RETRIES_DUE, wake)


async def list_failed(
    tx: AsyncSession, operator: Operator, inbox_filter: InboxFilter, page_request: PageRequest
) -> Page[Row[Any]]:
    """List failed messages, newest first."""
    statement = select(inbox).where(*matching(operator, inbox_filter))
    sort_key = (inbox.c.received_at, inbox.c.message_key)
    if page_request.after is not None:
        last = select(*sort_key).where(
            inbox.c.message_key == page_request.after, *_in_scope(operator)
        )
        cursor = (await tx.execute(last)).one_or_none()
        if cursor is None:
            return Page([], None)
        statement = statement.where(tuple_(*sort_key) < tuple_(*cursor))
    ordered = statement.order_by(*(column.desc() for column in sort_key))
    return await _to_page(tx, ordered, page_request.limit, "message_key")


def matching(operator: Operator, inbox_filter: InboxFilter) -> list[ColumnElement[bool]]:
    """Return the conditions of an operator's failed messages that match a filter."""
    chosen = [
        inbox.c[name] == value for name, value in asdict(inbox_filter).items() if value is not None
    ]
    return [*_in_scope(operator), inbox.c.state != "done", *chosen]


async def find(tx: AsyncSession, operator: Operator, key: UUID) -> Row[Any]:
    """Load a failed message. Raises: UnknownMessage."""
    statement = select(inbox).where(_is_failed(operator, key))
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise UnknownMessage
    return row


async def find_by_publisher(
    tx: AsyncSession, operator: Operator, publisher: str, *keys: UUID
) -> Row[Any] | None:
    """Load a message that the broker user `publisher` sent, done or not; None if none arrived.

    `keys` are those that the message may have.
    """
    condition = and_(inbox.c.message_key.in_(keys), inbox.c.publisher == publisher)
    return (await tx.execute(select(inbox).where(*_in_scope(operator), condition))).one_or_none()


async def retry(tx: AsyncSession, operator: Operator, key: UUID, reason: str) -> Row[Any]:
    """Make a failed message due now, with its attempts reset.

    Raises: UnknownMessage, also of a message whose body was deleted.
    """
    due = _set_due(update(inbox).where(_is_failed(operator, key), inbox.c.body.is_not(None)))
    return await _change(tx, operator, due, OperatorAction("retry", reason, key))


async def skip(tx: AsyncSession, operator: Operator, key: UUID, reason: str) -> Row[Any]:
    """Set a failed message aside: its body stays, retries end. Raises: UnknownMessage."""
    skipped = update(inbox).where(_is_failed(operator, key)).values(state="skipped", due_at=None)
    return await _change(tx, operator, skipped, OperatorAction("skip", reason, key))


async def retry_all(tx: AsyncSession, operator: Operator, type_: str, reason: str) -> int:
    """Make the oldest parked messages of a type due now; return how many.

    These are at most `RETRY_ALL_LIMIT`, and fewer when no more are parked.
    """
    parked = (
        select(inbox.c.message_key)
        .where(*_in_scope(operator), inbox.c.state == "parked", inbox.c.type == type_)
        .order_by(inbox.c.received_at)
        .limit(RETRY_ALL_LIMIT)
        .with_for_update(skip_locked=True)
    )
    is_parked = inbox.c.message_key.in_(parked.scalar_subquery())
    due = _set_due(update(inbox).where(*_in_scope(operator), is_parked))
    station_ids = await tx.scalars(due.returning(inbox.c.station_id))
    stations = Counter(station_ids.all())
    action = OperatorAction("retry_all", reason, chosen={"type": type_})
    await log_action(tx, operator, action, stations)
    wake_retries(tx)
    return stations.total()


async def list_actions(
    tx: AsyncSession, operator: Operator, page_request: PageRequest
) -> Page[Row[Any]]:
    """List operators' actions on messages, newest first."""
    statement = select(redrives)
    if operator.station is not None:
        statement = statement.where(redrives.c.station_id == operator.station)
    if page_request.after is not None:
        statement = statement.where(redrives.c.id < page_request.after)
    return await _to_page(tx, statement.order_by(redrives.c.id.desc()), page_request.limit, "id")


async def log_action(
    tx: AsyncSession,
    operator: Operator,
    action: OperatorAction,
    stations: Mapping[UUID | None, int],
) -> None:
    """Log an action once for each of `stations`, with the number of its messages."""
    rows = [
        {
            "id": new_id(),
            "station_id": station,
            "act": action.kind,
            "message_key": action.message_key,
            "chosen": dict(action.chosen),
            "who": operator.identity,
            "reason": action.reason,
            "messages": count,
            "at": clock.now(),
        }
        for station, count in (stations or {operator.station: 0}).items()
    ]
    await tx.execute(insert(redrives), rows)


def wake_retries(tx: AsyncSession) -> None:
    """Mark the transaction as one that makes messages due."""
    commit_hooks.mark_work(tx, _RETRIES_DUE)


def envelope_of(row: Row[Any]) -> Envelope | None:
    """Parse the message of an inbox row; None for a done row, and for bytes that are no message."""
    if row.body is None:
        return None
    try:
        if row.publisher is not None and row.station_id is not None:
            return Envelope.from_partner(row.body, row.station_id)
        return Envelope.from_json(row.body)
    except InvalidMessage:
        return None


def redact(content: Any) -> Any:
    """Return the content of a message with its sealed values masked."""
    if isinstance(content, dict):
        return {
            name: SEALED if name.endswith("_sealed") and value is not None else redact(value)
            for name, value in content.items()
        }
    if isinstance(content, list):
        return [redact(value) for value in content]
    return content


def _in_scope(operator: Operator) -> tuple[ColumnElement[bool], ...]:
    of_service = inbox.c.consumer == operator.service
    if operator.station is None:
        return (of_service,)
    return of_service, inbox.c.station_id == operator.station


def _is_failed(operator: Operator, key: UUID) -> ColumnElement[bool]:
    return and_(*_in_scope(operator), inbox.c.state != "done", inbox.c.message_key == key)


def _set_due(statement: Update) -> Update:
    # Alone, since it may have been parked for ending its process.
    now = database_now()
    values = {"state": "retry", "attempts": 0, "waits": 0, "claims": 1}
    return statement.values(**values, due_at=now, retried_at=now)


async def _change(
    tx: AsyncSession, operator: Operator, statement: Update, action: OperatorAction
) -> Row[Any]:
    changed: Row[Any] | None = (await tx.execute(statement.returning(inbox))).one_or_none()
    if changed is None:
        raise UnknownMessage
    await log_action(tx, operator, action, {changed.station_id: 1})
    if changed.state == "retry":
        wake_retries(tx)
    return changed


async def _to_page(tx: AsyncSession, ordered: Select[Any], limit: int, key: str) -> Page[Row[Any]]:
    rows = (await tx.execute(ordered.limit(limit + 1))).all()
    last = getattr(rows[limit - 1], key) if len(rows) > limit else None
    return Page(rows[:limit], last)
