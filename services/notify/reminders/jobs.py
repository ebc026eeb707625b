"""Timed jobs of reminders: send the due ones, delete the past ones."""

import json
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.models import Recipient
from services.notify.deliveries.actions import insert_deliveries
from services.notify.deliveries.drafts import Draft, cause, expiry
from services.notify.reminders.models import Reminder
from services.notify.wording.rules import REMINDER
from shared import clock
from shared.ids import new_id
from shared.scheduler import Job

BATCH_SIZE = 500
RETENTION_AFTER_START = timedelta(days=35)


async def send_reminders(tx: AsyncSession) -> None:
    """Send the due reminders of every station, once each, at most `BATCH_SIZE` in one run.

    Rows that a message has locked are skipped. A reminder that was not sent the evening before is
    sent until the start, with a text that says that the event is today.
    """
    now = clock.now()
    recipient_exists = exists().where(
        Recipient.resident_id == Reminder.resident_id,
        Recipient.station_id == Reminder.station_id,
    )
    statement = (
        select(Reminder)
        .where(
            Reminder.state == "coming",
            Reminder.reminded_at.is_(None),
            Reminder.remind_at <= now,
            Reminder.starts_at > now,
            recipient_exists,
        )
        .order_by(Reminder.remind_at, Reminder.participation_id)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = (await tx.scalars(statement)).all()
    await insert_deliveries(tx, [draft for reminder in due for draft in _drafts(reminder)])
    await tx.execute(
        update(Reminder)
        .where(Reminder.participation_id.in_([reminder.participation_id for reminder in due]))
        .values(reminded_at=now)
        .execution_options(synchronize_session=False)
    )


async def delete_past_reminders(tx: AsyncSession) -> None:
    """Delete reminders 35 days after the start of their event.

    Until then the row stays even if the participation is over: a message that comes as late as
    the bus allows would insert the reminder anew. After the start, nobody is reminded any more.
    """
    await tx.execute(
        delete(Reminder).where(Reminder.starts_at < clock.now() - RETENTION_AFTER_START)
    )


def _drafts(reminder: Reminder) -> Iterator[Draft]:
    local_start = reminder.local_start
    is_today = clock.now().astimezone(local_start.tzinfo).date() == local_start.date()
    start = local_start.isoformat()
    subject = f"participations/{reminder.participation_id}"
    fields = {
        "title": reminder.title,
        "place": reminder.place,
        "starts_at": start,
        "role": reminder.role,
        "day": "today" if is_today else "tomorrow",
        "event_id": str(reminder.event_id),
    }
    for channel in REMINDER.channels:
        yield Draft(
            id=new_id(),
            station_id=reminder.station_id,
            recipient_id=reminder.resident_id,
            in_audience=True,
            channel=channel,
            cause=cause(reminder.station_id, REMINDER.template, subject, start),
            template=REMINDER.template,
            language=None,
            params=json.dumps({name: fields[name] for name in REMINDER.params}),
            sealed=None,
            address_sealed=None,
            expires_at=expiry(REMINDER, reminder),
            subject=(REMINDER.subject_template or subject).format(**fields),
            correlation=reminder.correlation,
        )


JOBS = (
    Job("appointments.remind", timedelta(minutes=1), send_reminders),
    Job("appointments.forget", timedelta(hours=1), delete_past_reminders),
)
