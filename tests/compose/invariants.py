"""The points and notices that the wishes of a load led to, read by the superuser."""

from collections.abc import Iterable

from tests.compose.deployment import Deployment

SELECT_LEDGER_TOTALS = """
    SELECT json_build_object(
      'transfers', (SELECT count(*) FROM volunteers.transfers WHERE cause_subject = ANY(subjects)),
      'causes', (SELECT count(DISTINCT cause_subject) FROM volunteers.transfers
        WHERE cause_subject = ANY(subjects)),
      'points', (SELECT coalesce(sum(amount), 0) FROM volunteers.legs AS leg
        JOIN volunteers.transfers AS transfer ON transfer.id = leg.transfer_id
        WHERE amount > 0 AND cause_subject = ANY(subjects)))
    FROM (SELECT ARRAY[{subjects}]::text[] AS subjects) AS load
"""
SELECT_NOTICES = """
    SELECT json_agg(json_build_array(who, template, channel, lines, wishes)) FROM (
      SELECT CASE recipient_id WHEN wish.resident_id THEN 'resident' WHEN wish.taker_id THEN 'taker'
        ELSE 'stranger' END AS who, template, channel, count(*) AS lines,
        count(DISTINCT subject) AS wishes
      FROM notify.deliveries JOIN intake.wishes AS wish ON subject = 'wishes/' || wish.id
      WHERE subject = ANY(ARRAY[{subjects}]::text[])
      GROUP BY who, template, channel) AS notices
"""


async def fetch_ledger_totals(deployment: Deployment, wishes: Iterable[str]) -> dict[str, int]:
    """Return the ledger's totals for these wishes."""
    totals: dict[str, int] = await deployment.fetch_json(
        SELECT_LEDGER_TOTALS.format(subjects=_sql_subjects(wishes))
    )
    return totals


async def fetch_notices(
    deployment: Deployment, wishes: Iterable[str]
) -> set[tuple[str, str, str, int, int]]:
    """Return recipient, template, channel, count of notices and count of wishes of each kind."""
    rows = await deployment.fetch_json(SELECT_NOTICES.format(subjects=_sql_subjects(wishes)))
    return {
        (who, template, channel, notice_count, wish_count)
        for who, template, channel, notice_count, wish_count in rows
    }


def _sql_subjects(wishes: Iterable[str]) -> str:
    return ", ".join(f"'wishes/{wish}'" for wish in wishes)
