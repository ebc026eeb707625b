"""Replay: messages that a service sent, put into another service's inbox again."""

import json
import zlib
from base64 import b64decode, b64encode, b85decode, b85encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import ColumnElement, Row, Select, cast, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.bus.admin.redrive import Operator, OperatorAction, log_action, wake_retries
from shared.bus.message import Handlers, handlers_of
from shared.bus.message_keys import message_key, old_message_key
from shared.bus.tables import inbox, sent
from shared.contracts.envelope import Envelope
from shared.errors import Conflict, Invalid
from shared.language import N_
from shared.sealing import Sealer
from shared.text_validation import Moment

MAX_BUNDLE_BYTES = 48 * 1024
BUNDLE_TTL = timedelta(hours=1)
_MARK = "handover"
# Parked messages are retried too, done ones only with :again; skipped ones stay as they are.
_REQUEUE = text(
    "INSERT INTO inbox (consumer, message_key, type, correlation, state, body, due_at,"
    " received_at, station_id, retried_at)"
    " SELECT :consumer, key, type, correlation, 'retry', body, :now, :now, station, :now"
    " FROM unnest(CAST(:keys AS uuid[]), CAST(:types AS text[]), CAST(:correlations AS uuid[]),"
    " CAST(:bodies AS bytea[]), CAST(:stations AS uuid[]))"
    " AS incoming (key, type, correlation, body, station) ORDER BY key"
    " ON CONFLICT (consumer, message_key) DO UPDATE SET state = 'retry', body = excluded.body,"
    " attempts = 0, waits = 0, due_at = excluded.due_at, retried_at = excluded.due_at,"
    " station_id = excluded.station_id, handled_at = NULL"
    " WHERE inbox.state = 'parked' OR (:again AND inbox.state = 'done')"
    " RETURNING station_id"
)


class NotReplayable(Conflict):
    """Replay of done messages whose handler isn't `replayable`."""

    title = N_("What reads these messages may not do it again: leave `again` out")


class InvalidBundle(Invalid):
    """Bundle that is too old, of another station, for another service, or not sealed by us."""

    title = N_("This handover can't be used here, or not any more")


@dataclass(frozen=True, slots=True)
class SentFilter:
    """Filter of sent messages; None matches any. `since` is inclusive, `until` exclusive."""

    type: str | None = None
    subject: str | None = None
    correlation: UUID | None = None
    since: Moment | None = None
    until: Moment | None = None

    def to_log_fields(self) -> dict[str, str]:
        """Return the filter's values for the log of actions."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Original:
    """A message as it was published: the user who published it, and its bytes."""

    publisher: str
    body: bytes

    @classmethod
    def of(cls, row: Any) -> Self:
        """Build the message from a row of `sent`."""
        return cls(row.publisher, row.body)


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay: its messages, its reason, and whether done messages are handled `again`."""

    sent_filter: SentFilter
    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class ReplayCounts:
    """Numbers of messages that were put into the inbox, and that were left alone."""

    handed: int = 0
    left: int = 0

    def __add__(self, other: "ReplayCounts") -> "ReplayCounts":
        return ReplayCounts(self.handed + other.handed, self.left + other.left)


def select_sent(sent_filter: SentFilter, station: UUID | None = None) -> Select[Any]:
    """Select the sent messages that match the filter, of one station or of all.

    Messages of early releases are left out: they have no publisher, hence no inbox key.
    """
    conditions: list[ColumnElement[bool]] = [sent.c.publisher.is_not(None)]
    for name in ("type", "subject", "correlation"):
        if (value := getattr(sent_filter, name)) is not None:
            conditions.append(sent.c[name] == value)
    if sent_filter.since is not None:
        conditions.append(sent.c.sent_at >= sent_filter.since)
    if sent_filter.until is not None:
        conditions.append(sent.c.sent_at < sent_filter.until)
    if station is not None:
        body = cast(func.convert_from(sent.c.body, "UTF8"), JSONB)
        conditions.append(body["station"].astext == str(station))
    return select(sent.c.publisher, sent.c.body, sent.c.sent_at).where(*conditions)


async def count(tx: AsyncSession, sent_filter: SentFilter) -> int:
    """Count the messages of all stations that match the filter."""
    return (
        await tx.scalar(select(func.count()).select_from(select_sent(sent_filter).subquery())) or 0
    )


async def page(
    tx: AsyncSession, sent_filter: SentFilter, station: UUID, limit: int
) -> Sequence[Row[Any]]:
    """Load the first `limit` messages of a station that match the filter, oldest first."""
    statement = select_sent(sent_filter, station).order_by(sent.c.sent_at).limit(limit)
    rows: Sequence[Row[Any]] = (await tx.execute(statement)).all()
    return rows


async def requeue(
    tx: AsyncSession,
    operator: Operator,
    handlers: Handlers,
    originals: Sequence[Original],
    replay: Replay,
) -> ReplayCounts:
    """Put messages into the inbox of the operator's service, under their original keys.

    Done or skipped messages, and those for other readers, stay. Raises: NotReplayable.
    """
    parsed = list(_addressed_to(operator, handlers, originals))
    if replay.again and any(
        not _is_replayable(handlers, envelope.type) for _, envelope, _ in parsed
    ):
        raise NotReplayable
    keys = await _keys_in_inbox(tx, operator.service, parsed)
    by_key = {key: (envelope, body) for key, (_, envelope, body) in zip(keys, parsed, strict=True)}
    station_ids = await tx.scalars(
        _REQUEUE,
        {
            "consumer": operator.service,
            "now": clock.now(),
            "again": replay.again,
            "keys": list(by_key),
            "types": [envelope.type for envelope, _ in by_key.values()],
            "correlations": [envelope.correlationid for envelope, _ in by_key.values()],
            "bodies": [body for _, body in by_key.values()],
            "stations": [envelope.station for envelope, _ in by_key.values()],
        },
    )
    stations: Counter[UUID | None] = Counter(station_ids.all())
    chosen = {**replay.sent_filter.to_log_fields(), **({"again": "true"} if replay.again else {})}
    await log_action(tx, operator, OperatorAction("replay", replay.reason, chosen=chosen), stations)
    wake_retries(tx)
    return ReplayCounts(stations.total(), len(originals) - stations.total())


def seal_bundles(sealer: Sealer, originals: Sequence[Original], to: Operator) -> Iterator[str]:
    """Seal messages for the inbox of one service and station, so that nobody can forge them.

    Each bundle fits into a request; a message that is too large by itself is left out.
    """
    if not originals:
        return
    packed = _pack(originals, to)
    if len(packed) <= MAX_BUNDLE_BYTES * 3 // 4:
        yield sealer.seal(packed)
    elif len(originals) > 1:
        middle = len(originals) // 2
        yield from seal_bundles(sealer, originals[:middle], to)
        yield from seal_bundles(sealer, originals[middle:], to)


def open_bundle(sealer: Sealer, bundle: str, to: Operator) -> list[Original]:
    """Open a bundle that was sealed for that service and station. Raises: InvalidBundle."""
    try:
        unpacked = json.loads(zlib.decompress(b85decode(sealer.unseal(bundle))))
        mark, service, station, until, rows = unpacked
    except (InvalidToken, ValueError, TypeError, zlib.error):
        raise InvalidBundle from None
    is_addressed = (mark, service, station) == (_MARK, to.service, str(to.station))
    if not is_addressed or clock.now() >= datetime.fromisoformat(until):
        raise InvalidBundle
    return [Original(publisher, b64decode(body)) for publisher, body in rows]


def _pack(originals: Iterable[Original], to: Operator) -> str:
    rows = [[one.publisher, b64encode(one.body).decode()] for one in originals]
    until = (clock.now() + BUNDLE_TTL).isoformat()
    content = json.dumps([_MARK, to.service, str(to.station), until, rows])
    return b85encode(zlib.compress(content.encode(), 9)).decode()


async def _keys_in_inbox(
    tx: AsyncSession, service: str, parsed: Sequence[tuple[UUID, Envelope, bytes]]
) -> list[UUID]:
    """Return each message's key, which is the old one where the inbox has a row of before."""
    old_keys = [old_key for old_key, _, _ in parsed]
    statement = select(inbox.c.message_key).where(
        inbox.c.consumer == service, inbox.c.message_key.in_(old_keys)
    )
    stored = set(await tx.scalars(statement))
    return [
        old_key if old_key in stored else message_key(envelope.source, envelope.id)
        for old_key, envelope, _ in parsed
    ]


def _addressed_to(
    operator: Operator, handlers: Handlers, originals: Iterable[Original]
) -> Iterator[tuple[UUID, Envelope, bytes]]:
    """Yield the old key, the envelope and the bytes of the messages that are for the operator."""
    for one in originals:
        envelope = Envelope.from_json(one.body)
        in_station = operator.station in (None, envelope.station)
        if in_station and handlers_of(envelope.type, handlers):
            yield old_message_key(one.publisher, envelope.source, envelope.id), envelope, one.body


def _is_replayable(handlers: Handlers, type_: str) -> bool:
    return all(handler.replayable for handler in handlers_of(type_, handlers))
