"""What happens to events by the passing of time."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events.actions import settle
from services.intake.events.models import Event, EventState
from shared import clock
from shared.ids import new_id
from shared.observability.logs import message_context
from shared.scheduler import Job

CLOSE_AUTOMATICALLY_AFTER = timedelta(days=1)
BATCH_SIZE = 5


async def close_ended(tx: AsyncSession) -> None:
    """Close what ended a day ago and nobody closed, so that those who came get their points."""
    statement = (
        select(Event)
        .where(
            Event.state == EventState.PUBLISHED,
            Event.ends_at <= clock.now() - CLOSE_AUTOMATICALLY_AFTER,
        )
        .order_by(Event.ends_at, Event.id)
        .limit(BATCH_SIZE)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for event in (await tx.scalars(statement)).all():
        # Each on its own account, or one resident's trail would hold those of all others.
        with message_context(new_id(), None):
            await settle(tx, event, None)


JOBS = (Job("events.close-over", timedelta(minutes=1), close_ended),)
