"""What happens to appointments by the passing of time: a reminder, and being forgotten."""

import json
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.models import Recipient
from services.notify.deliveries.actions import deliver
from services.notify.deliveries.drafts import Draft, cause, expiry
from services.notify.reminders.models import Appointment
from services.notify.wording.rules import REMINDER
from shared import clock
from shared.ids import new_id
from shared.scheduler import Job

CHUNK = 500
KEPT_FOR = timedelta(days=35)


async def remind(tx: AsyncSession) -> None:
    """Remind those of every station whose evening has come, once each, a chunk at a time.

    What a message is changing at this moment is passed over. An evening that nothing ran on is
    made up for until the start, in words that say that it is today.
    """
    now = clock.now()
    is_known = exists().where(
        Recipient.resident_id == Appointment.resident_id,
        Recipient.station_id == Appointment.station_id,
    )
    statement = (
        select(Appointment)
        .where(
            Appointment.state == "coming",
            Appointment.reminded_at.is_(None),
            Appointment.remind_at <= now,
            Appointment.starts_at > now,
            is_known,
        )
        .order_by(Appointment.remind_at, Appointment.participation_id)
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    due = (await tx.scalars(statement)).all()
    await deliver(tx, [draft for appointment in due for draft in _drafts(appointment)])
    await tx.execute(
        update(Appointment)
        .where(Appointment.participation_id.in_([one.participation_id for one in due]))
        .values(reminded_at=now)
        .execution_options(synchronize_session=False)
    )


async def forget(tx: AsyncSession) -> None:
    """Forget appointments 35 days after their start.

    No sooner, however early they were over: a message that comes as late as the bus allows would
    begin such a one anew. Once the start has passed it can't remind any more.
    """
    await tx.execute(delete(Appointment).where(Appointment.starts_at < clock.now() - KEPT_FOR))


def _drafts(appointment: Appointment) -> Iterator[Draft]:
    begins = appointment.local_start
    is_today = clock.now().astimezone(begins.tzinfo).date() == begins.date()
    start = begins.isoformat()
    subject = f"participations/{appointment.participation_id}"
    words = {
        "title": appointment.title,
        "place": appointment.place,
        "starts_at": start,
        "role": appointment.role,
        "day": "today" if is_today else "tomorrow",
        "event_id": str(appointment.event_id),
    }
    for channel in REMINDER.channels:
        yield Draft(
            id=new_id(),
            station_id=appointment.station_id,
            recipient_id=appointment.resident_id,
            in_audience=True,
            channel=channel,
            cause=cause(appointment.station_id, REMINDER.template, subject, start),
            template=REMINDER.template,
            language=None,
            params=json.dumps({name: words[name] for name in REMINDER.params}),
            sealed=None,
            address_sealed=None,
            expires_at=expiry(REMINDER, appointment),
            subject=(REMINDER.about or subject).format(**words),
            correlation=appointment.correlation,
        )


JOBS = (
    Job("appointments.remind", timedelta(minutes=1), remind),
    Job("appointments.forget", timedelta(hours=1), forget),
)
