"""What the three schemas must hold once everything has settled, read by the superuser."""

import json
from typing import Any

import asyncpg

from shared.contracts.registry import READERS
from tests.chaos.load import Effects

SERVICES = ("intake", "volunteers", "notify")
_HURRY = (
    "UPDATE {table} SET due_at = now() WHERE ctid = ANY (ARRAY("
    "SELECT ctid FROM {table} WHERE due_at > now() FOR UPDATE SKIP LOCKED))"
)
# What waits for its turn, or for the lease of somebody who is gone, has its turn now.
HURRY = [
    _HURRY.format(table=table)
    for table in (*(f"{service}.inbox" for service in SERVICES), "notify.deliveries")
]


def _distinct_sent(service: str) -> str:
    """How many different messages were sent to a service."""
    types = ", ".join(f"'{type_}'" for type_, readers in READERS.items() if service in readers)
    sent = " UNION ".join(
        f"SELECT convert_from(body, 'UTF8')::jsonb ->> 'id' FROM {source}.sent"
        f" WHERE type IN ({types})"
        for source in SERVICES
    )
    return f"(SELECT count(*) FROM ({sent}) AS one)"


def _total(table: str, where: str = "true") -> str:
    return " + ".join(
        f"(SELECT count(*) FROM {service}.{table} WHERE {where})" for service in SERVICES
    )


_UNHEARD = ", ".join(
    f"'{service}', {_distinct_sent(service)}"
    f" - (SELECT count(*) FROM {service}.inbox WHERE state = 'done')"
    for service in SERVICES
)
UNDER_WAY = f"""
    SELECT json_build_object('outbox', {_total("outbox")},
      'retry', {_total("inbox", "state = 'retry'")},
      'parked', {_total("inbox", "state IN ('parked', 'skipped')")}, {_UNHEARD},
      'unsent', (SELECT count(*) FROM notify.deliveries WHERE state <> 'sent'))
"""
BOOKS = """
    SELECT json_build_object(
      'legs', (SELECT coalesce(sum(amount), 0) FROM volunteers.legs),
      'unbalanced', (SELECT count(*) FROM (SELECT FROM volunteers.legs
        GROUP BY transfer_id HAVING sum(amount) <> 0 OR count(*) <> 2) AS crooked),
      'astray', (SELECT count(*) FROM volunteers.accounts AS account WHERE posted <> (
        SELECT coalesce(sum(amount), 0) FROM volunteers.legs WHERE account_id = account.id)),
      'places', (SELECT count(*) FROM intake.events AS event CROSS JOIN LATERAL (
          SELECT count(*) FILTER (WHERE role = 'helper') AS helpers,
            count(*) FILTER (WHERE role = 'guest') AS guests FROM intake.participations
          WHERE event_id = event.id AND state IN ('joined', 'present', 'attended', 'missed')
        ) AS held WHERE event.state IN ('published', 'closed')
          AND (event.helpers, event.guests) IS DISTINCT FROM (held.helpers, held.guests)),
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
POINTS = """
    SELECT owner_id::text, posted FROM volunteers.accounts
    WHERE posted IS NOT NULL AND posted <> 0
"""
PAID = """
    SELECT cause_subject, count(*) FROM volunteers.transfers GROUP BY cause_subject
"""
TOLD = """
    SELECT subject, count(*) FROM notify.deliveries
    WHERE template LIKE 'points.%' AND channel = 'inbox' GROUP BY subject
"""


class Books:
    """The superuser's look into a deployment."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def under_way(self) -> dict[str, int]:
        """What is not relayed, handled or sent yet, and what failed; due at once from now on."""
        connection = await asyncpg.connect(self._url)
        try:
            for statement in HURRY:
                await connection.execute(statement)
            found: dict[str, int] = json.loads(await connection.fetchval(UNDER_WAY))
        finally:
            await connection.close()
        return found

    async def check(self, effects: Effects) -> None:
        """Everything that was answered with success took effect once, and all books balance."""
        connection = await asyncpg.connect(self._url)
        try:
            faults: dict[str, int] = json.loads(await connection.fetchval(BOOKS))
            points = await _pairs(connection, POINTS)
            paid = await _pairs(connection, PAID)
            told = await _pairs(connection, TOLD)
        finally:
            await connection.close()
        assert not any(faults.values()), faults
        assert points == dict(effects.points)
        causes = {f"wishes/{id_}" for id_ in effects.wishes} | {
            f"participations/{id_}" for id_ in effects.attended
        }
        assert paid == dict.fromkeys(causes, 1)
        assert told == dict.fromkeys(causes, 1)


async def _pairs(connection: "asyncpg.Connection[Any]", statement: str) -> dict[str, int]:
    return {key: int(value) for key, value in await connection.fetch(statement)}
