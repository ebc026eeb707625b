"""Redrive: messages that the inbox keeps, looked at, tried again, set aside, each act recorded."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Update, and_, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared import clock
from shared.bus import commit_hooks
from shared.bus.tables import inbox, redrives
from shared.contracts.envelope import Envelope, InvalidMessage
from shared.db import Page, PageRequest
from shared.errors import NotFound
from shared.ids import new_id
from shared.language import N_

State = Literal["retry", "parked", "skipped"]
ActionKind = Literal["retry", "skip", "retry_all", "replay", "snapshot"]
SEALED = "(sealed)"
RETRY_ALL_LIMIT = 1_000
_RETRIES_DUE = "due"


class UnknownMessage(NotFound):
    """The inbox keeps no such message: it never came, or it is done."""

    title = N_("No message with this key is kept: it never came, or it is done")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who acts on the messages of a service: on those of one station, or of all for None."""

    service: str
    identity: str
    station: UUID | None = None


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which of the kept messages are asked for; None for any. `publisher` is a partner's user."""

    state: State | None = None
    type: str | None = None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class OperatorAction:
    """What is done and why, for the record; `chosen` says which messages where it isn't one."""

    kind: ActionKind
    reason: str
    message_key: UUID | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict)


def wake_when_due(sessions: async_sessionmaker[AsyncSession], wake: asyncio.Event) -> None:
    """Let every commit of these sessions that made messages due set `wake`, of the retries."""
    commit_hooks.wake_on_commit(sessions, _RETRIES_DUE, wake)


async def list_failed(
    tx: AsyncSession, operator: Operator, inbox_filter: InboxFilter, page_request: PageRequest
) -> Page[Row[Any]]:
    """Kept messages, the last to come first."""
    statement = select(inbox).where(*_own(operator), inbox.c.state != "done")
    if inbox_filter.state is not None:
        statement = statement.where(inbox.c.state == inbox_filter.state)
    if inbox_filter.type is not None:
        statement = statement.where(inbox.c.type == inbox_filter.type)
    if inbox_filter.publisher is not None:
        statement = statement.where(inbox.c.publisher == inbox_filter.publisher)
    place = (inbox.c.received_at, inbox.c.message_key)
    if page_request.after is not None:
        last = select(*place).where(inbox.c.message_key == page_request.after, *_own(operator))
        found = (await tx.execute(last)).one_or_none()
        if found is None:
            return Page([], None)
        statement = statement.where(tuple_(*place) < tuple_(*found))
    ordered = statement.order_by(*(column.desc() for column in place))
    return await _to_page(tx, ordered, page_request.limit, "message_key")


async def find(tx: AsyncSession, operator: Operator, key: UUID) -> Row[Any]:
    """One kept message; UnknownMessage."""
    statement = select(inbox).where(_is_failed(operator, key))
    found = (await tx.execute(statement)).one_or_none()
    if found is None:
        raise UnknownMessage
    return found


async def find_by_publisher(
    tx: AsyncSession, operator: Operator, publisher: str, key: UUID
) -> Row[Any] | None:
    """A message of a partner's machine with that user, done or not; None where none came."""
    theirs = and_(inbox.c.message_key == key, inbox.c.publisher == publisher)
    return (await tx.execute(select(inbox).where(*_own(operator), theirs))).one_or_none()


async def retry(tx: AsyncSession, operator: Operator, key: UUID, reason: str) -> Row[Any]:
    """Let a kept message be tried again at once, with all its attempts before it; UnknownMessage."""
    due = _set_due(update(inbox).where(_is_failed(operator, key)))
    return await _change(tx, operator, due, OperatorAction("retry", reason, key))


async def skip(tx: AsyncSession, operator: Operator, key: UUID, reason: str) -> Row[Any]:
    """Set a kept message aside, its body kept, so that it isn't tried again; UnknownMessage."""
    aside = update(inbox).where(_is_failed(operator, key)).values(state="skipped", due_at=None)
    return await _change(tx, operator, aside, OperatorAction("skip", reason, key))


async def retry_all(tx: AsyncSession, operator: Operator, type_: str, reason: str) -> int:
    """Let the parked messages of a type be tried again, the first to come first, so many at once.

    How many these are: fewer than `AT_ONCE` when no more are parked.
    """
    parked = (
        select(inbox.c.message_key)
        .where(*_own(operator), inbox.c.state == "parked", inbox.c.type == type_)
        .order_by(inbox.c.received_at)
        .limit(RETRY_ALL_LIMIT)
        .with_for_update(skip_locked=True)
    )
    chosen = inbox.c.message_key.in_(parked.scalar_subquery())
    due = _set_due(update(inbox).where(*_own(operator), chosen))
    found = await tx.scalars(due.returning(inbox.c.station_id))
    stations = Counter(found.all())
    await log_action(
        tx, operator, OperatorAction("retry_all", reason, chosen={"type": type_}), stations
    )
    wake_retries(tx)
    return stations.total()


async def list_actions(
    tx: AsyncSession, operator: Operator, page_request: PageRequest
) -> Page[Row[Any]]:
    """What was done to messages, newest first."""
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
    """Record what was done to how many messages, once for each station that they are of."""
    common = {
        "act": action.kind,
        "message_key": action.message_key,
        "chosen": dict(action.chosen),
        "who": operator.identity,
        "reason": action.reason,
        "at": clock.now(),
    }
    touched = stations or {operator.station: 0}
    rows = [
        {**common, "id": new_id(), "station_id": station, "messages": count}
        for station, count in touched.items()
    ]
    await tx.execute(insert(redrives), rows)


def wake_retries(tx: AsyncSession) -> None:
    """This transaction has made messages due."""
    commit_hooks.mark_work(tx, _RETRIES_DUE)


def envelope_of(row: Row[Any]) -> Envelope | None:
    """The message that a row keeps; None for bytes that are none, and for what is done."""
    if row.body is None:
        return None
    try:
        if row.publisher is not None and row.station_id is not None:
            return Envelope.from_partner(row.body, row.station_id)
        return Envelope.from_json(row.body)
    except InvalidMessage:
        return None


def redact(content: Any) -> Any:
    """The content of a message as it may be seen: what is sealed stays out of sight."""
    if isinstance(content, dict):
        return {
            name: SEALED if name.endswith("_sealed") and value is not None else redact(value)
            for name, value in content.items()
        }
    if isinstance(content, list):
        return [redact(value) for value in content]
    return content


def _own(operator: Operator) -> tuple[ColumnElement[bool], ...]:
    ours = inbox.c.consumer == operator.service
    if operator.station is None:
        return (ours,)
    return ours, inbox.c.station_id == operator.station


def _is_failed(operator: Operator, key: UUID) -> ColumnElement[bool]:
    return and_(*_own(operator), inbox.c.state != "done", inbox.c.message_key == key)


def _set_due(statement: Update) -> Update:
    now = clock.now()
    return statement.values(state="retry", attempts=0, waits=0, due_at=now, retried_at=now)


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
    found = (await tx.execute(ordered.limit(limit + 1))).all()
    last = getattr(found[limit - 1], key) if len(found) > limit else None
    return Page(found[:limit], last)
