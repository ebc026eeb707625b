"""Invariants of the three schemas once everything has settled, read by the superuser."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from shared.contracts.asyncapi import read_by
from shared.contracts.reconciliation import HourMessage
from shared.contracts.registry import REGISTRY
from tests.chaos.hours import MAKE_HOURS_DUE, SHIFT_HOURS
from tests.chaos.load import Effects
from tests.chaos.next_version import NEXT_TYPE, READER
from tests.support.api_clients import eventually

FetchValue = Callable[[str], Awaitable[str]]

SERVICES = ("intake", "volunteers", "notify")
SETTLE_TIMEOUT_SECONDS = 90.0
_MAKE_DUE_CTE = (
    "{name} AS (UPDATE {table} SET due_at = now() WHERE ctid = ANY (ARRAY("
    "SELECT ctid FROM {table} WHERE due_at > now() FOR UPDATE SKIP LOCKED)))"
)
_SCHEDULED_TABLES = (*(f"{service}.inbox" for service in SERVICES), "notify.deliveries")
# Makes everything due that waits for its time, or for the lease of a dead replica to run out.
MAKE_ALL_DUE = "WITH {} SELECT ''".format(
    ", ".join(
        _MAKE_DUE_CTE.format(name=table.replace(".", "_"), table=table)
        for table in _SCHEDULED_TABLES
    )
)


def _types_of(service: str) -> str:
    """Return the types that a service reads, in this version or in the next.

    A lost statement of an hour is missed only when the next hour is stated.
    """
    types = [type_ for type_ in read_by(service) if not issubclass(REGISTRY[type_], HourMessage)]
    if service == READER:
        types.append(NEXT_TYPE)
    return ", ".join(f"'{type_}'" for type_ in types)


def _distinct_sent(service: str) -> str:
    """Return SQL that counts the different messages that were sent to `service`."""
    sent = " UNION ".join(
        f"SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' FROM {source}.sent"
        f" WHERE type IN ({_types_of(service)})"
        for source in SERVICES
    )
    return f"(SELECT count(*) FROM ({sent}) AS message)"


def _total(table: str, condition: str = "true") -> str:
    return " + ".join(
        f"(SELECT count(*) FROM {service}.{table} WHERE {condition})" for service in SERVICES
    )


_UNHANDLED_COUNTS = ", ".join(
    f"'{service}', {_distinct_sent(service)}"
    f" - (SELECT count(*) FROM {service}.inbox WHERE state = 'done'"
    f" AND type IN ({_types_of(service)}) AND publisher IS NULL)"
    for service in SERVICES
)
PENDING_COUNTS = f"""
    SELECT json_build_object('outbox', {_total("outbox")},
      'retry', {_total("inbox", "state = 'retry'")},
      'parked', {_total("inbox", "state IN ('parked', 'skipped')")}, {_UNHANDLED_COUNTS},
      'unsent', (SELECT count(*) FROM notify.deliveries WHERE state <> 'sent'))
"""
INCONSISTENCY_COUNTS = """
    SELECT json_build_object(
      'legs', (SELECT coalesce(sum(amount), 0) FROM volunteers.legs),
      'unbalanced', (SELECT count(*) FROM (SELECT FROM volunteers.legs
        GROUP BY transfer_id HAVING sum(amount) <> 0 OR count(*) <> 2) AS transfer),
      'wrong_balances', (SELECT count(*) FROM volunteers.accounts AS account WHERE posted <> (
        SELECT coalesce(sum(amount), 0) FROM volunteers.legs WHERE account_id = account.id)),
      'places', (SELECT count(*) FROM intake.events AS event CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE role = 'helper') AS helpers,
            count(*) FILTER (WHERE role = 'guest') AS guests FROM intake.participations
          WHERE event_id = event.id AND state IN ('joined', 'present', 'attended', 'missed')
        ) AS places WHERE event.state IN ('published', 'closed')
          AND (event.helpers, event.guests) IS DISTINCT FROM (places.helpers, places.guests)),
      'volunteers', (SELECT count(*) FROM volunteers.volunteers AS source
        FULL JOIN intake.volunteers AS copy ON copy.volunteer_id = source.id
        WHERE copy.state IS DISTINCT FROM source.state),
      'recipients', (SELECT count(*) FROM intake.residents AS source
        FULL JOIN notify.recipients AS copy ON copy.resident_id = source.id
        WHERE (copy.phone_sealed, copy.language) IS DISTINCT FROM
          (source.phone_sealed, source.language)),
      'duties', (SELECT count(*) FROM (SELECT id FROM intake.wishes
          WHERE state = 'claimed' AND taker_kind = 'volunteer'
        UNION SELECT id FROM intake.participations
          WHERE role = 'helper' AND state IN ('joined', 'present')) AS source
        FULL JOIN (SELECT subject_id FROM volunteers.duties WHERE state = 'open') AS copy
          ON copy.subject_id = source.id WHERE copy.subject_id IS NULL OR source.id IS NULL),
      'appointments', (SELECT count(*) FROM (SELECT id FROM intake.participations
          WHERE state IN ('joined', 'present')) AS source
        FULL JOIN (SELECT participation_id FROM notify.appointments WHERE state = 'coming') AS copy
          ON copy.participation_id = source.id
          WHERE copy.participation_id IS NULL OR source.id IS NULL))
"""
_STATION = "station_id = (SELECT id FROM intake.stations WHERE code = '{station}')"
POINTS_BY_OWNER = f"""
    SELECT json_object_agg(owner_id, posted) FROM volunteers.accounts
    WHERE posted IS NOT NULL AND posted <> 0 AND {_STATION}
"""
TRANSFERS_BY_CAUSE = f"""
    SELECT json_object_agg(cause_subject, times) FROM (
      SELECT cause_subject, count(*) AS times FROM volunteers.transfers
      WHERE {_STATION} GROUP BY cause_subject) AS causes
"""
NOTICES_BY_SUBJECT = f"""
    SELECT json_object_agg(subject, times) FROM (
      SELECT subject, count(*) AS times FROM notify.deliveries
      WHERE template LIKE 'points.%' AND channel = 'inbox' AND {_STATION}
      GROUP BY subject) AS notices
"""


class Invariants:
    """Checks of a deployment's database, and of what one station's people must have.

    `sql` runs a statement as the superuser and returns its one value as text, empty for none.
    Where `has_lost` messages that were confirmed, time is moved on by an hour once everything else
    has settled, so that the services find them.
    """

    def __init__(self, sql: FetchValue, station: str, *, has_lost: bool = False) -> None:
        self._sql = sql
        self._station = station
        self._has_lost = has_lost

    async def wait_until_settled(self) -> None:
        """Wait until nothing is pending. Raises: AssertionError, with the counts that are left."""
        pending: dict[str, int] = {}
        are_hours_over = False

        async def nothing_pending() -> bool:
            nonlocal are_hours_over
            pending.update(await self._count_pending())
            if self._has_lost and not (pending["outbox"] or pending["retry"]):
                if not are_hours_over:
                    await self._sql(SHIFT_HOURS)
                    are_hours_over = True
                await self._sql(MAKE_HOURS_DUE)
            return not any(pending.values())

        try:
            await eventually(nothing_pending, timeout_seconds=SETTLE_TIMEOUT_SECONDS)
        except TimeoutError:
            raise AssertionError(f"still under way: {pending}") from None

    async def check_consistency(self) -> None:
        """Check that the ledger balances and that every read copy equals its source."""
        faults = await self._fetch_json(INCONSISTENCY_COUNTS)
        assert not any(faults.values()), faults

    async def check_effects(self, effects: Effects) -> None:
        """Check consistency, and that each success took effect exactly once."""
        await self.check_consistency()
        assert await self._fetch_json(POINTS_BY_OWNER.format(station=self._station)) == dict(
            effects.points
        )
        causes = {f"wishes/{id_}" for id_ in effects.wishes} | {
            f"participations/{id_}" for id_ in effects.attended
        }
        for query in (TRANSFERS_BY_CAUSE, NOTICES_BY_SUBJECT):
            counts = await self._fetch_json(query.format(station=self._station))
            assert counts == dict.fromkeys(causes, 1)

    async def _count_pending(self) -> dict[str, int]:
        """Make everything due, and count what is not relayed, handled or sent, and what failed."""
        await self._sql(MAKE_ALL_DUE)
        return await self._fetch_json(PENDING_COUNTS)

    async def _fetch_json(self, query: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(await self._sql(query) or "{}")
        return value
