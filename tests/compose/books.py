"""What the three schemas hold, read by the superuser: what is under way, paid and told."""

from collections.abc import Iterable

from shared.contracts.registry import READERS
from tests.compose.deployment import Deployment

SERVICES = ("intake", "volunteers", "notify")


def _total(table: str, where: str = "true") -> str:
    return " + ".join(
        f"(SELECT count(*) FROM {service}.{table} WHERE {where})" for service in SERVICES
    )


def _unread(service: str) -> str:
    """Messages that were sent to a service, less those that it has handled."""
    types = ", ".join(f"'{type_}'" for type_, readers in READERS.items() if service in readers)
    handled = f"(SELECT count(*) FROM {service}.inbox WHERE state = 'done')"
    return f"{_total('sent', f'type IN ({types})')} - {handled}"


_KEPT = _total("inbox", "state <> 'done'")
_UNHEARD = ", ".join(f"'{service}', {_unread(service)}" for service in SERVICES)
UNDER_WAY = f"""
    SELECT json_build_object('outbox', {_total("outbox")}, 'kept', {_KEPT}, {_UNHEARD},
      'unsent', (SELECT count(*) FROM notify.deliveries WHERE state <> 'sent'))
"""
PAID = """
    SELECT json_build_object(
      'transfers', (SELECT count(*) FROM volunteers.transfers WHERE cause_subject = ANY(wanted)),
      'causes', (SELECT count(DISTINCT cause_subject) FROM volunteers.transfers
        WHERE cause_subject = ANY(wanted)),
      'points', (SELECT coalesce(sum(amount), 0) FROM volunteers.legs AS leg
        JOIN volunteers.transfers AS transfer ON transfer.id = leg.transfer_id
        WHERE amount > 0 AND cause_subject = ANY(wanted)),
      'legs', (SELECT coalesce(sum(amount), 0) FROM volunteers.legs),
      'unbalanced', (SELECT count(*) FROM (SELECT FROM volunteers.legs
        GROUP BY transfer_id HAVING sum(amount) <> 0 OR count(*) <> 2) AS crooked),
      'astray', (SELECT count(*) FROM volunteers.accounts AS account WHERE posted <> (
        SELECT coalesce(sum(amount), 0) FROM volunteers.legs WHERE account_id = account.id)))
    FROM (SELECT ARRAY[{subjects}]::text[] AS wanted) AS wish
"""
TOLD = """
    SELECT json_agg(json_build_array(who, template, channel, lines, wishes)) FROM (
      SELECT CASE recipient_id WHEN wish.resident_id THEN 'resident' WHEN wish.taker_id THEN 'taker'
        ELSE 'stranger' END AS who, template, channel, count(*) AS lines,
        count(DISTINCT subject) AS wishes
      FROM notify.deliveries JOIN intake.wishes AS wish ON subject = 'wishes/' || wish.id
      WHERE subject = ANY(ARRAY[{subjects}]::text[])
      GROUP BY who, template, channel) AS told
"""


async def under_way(deployment: Deployment) -> dict[str, int]:
    """What has not been relayed, handled or sent yet, and what failed; all nought in the end."""
    counted: dict[str, int] = await deployment.facts(UNDER_WAY)
    return counted


async def paid(deployment: Deployment, wishes: Iterable[str]) -> dict[str, int]:
    """What the ledger says about these wishes, and about itself."""
    counted: dict[str, int] = await deployment.facts(PAID.format(subjects=_subjects(wishes)))
    return counted


async def told(
    deployment: Deployment, wishes: Iterable[str]
) -> set[tuple[str, str, str, int, int]]:
    """Who was told what over which channel: how many lines, and about how many of the wishes."""
    listed = await deployment.facts(TOLD.format(subjects=_subjects(wishes)))
    return {
        (who, template, channel, lines, about) for who, template, channel, lines, about in listed
    }


def _subjects(wishes: Iterable[str]) -> str:
    return ", ".join(f"'wishes/{wish}'" for wish in wishes)
