"""The timed jobs of events."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events.actions import settle
from services.intake.events.models import Event, EventState
from shared import clock
from shared.ids import new_id
from shared.observability.context import message_context
from shared.scheduler import Job

CLOSE_AUTOMATICALLY_AFTER = timedelta(days=1)
BATCH_SIZE = 5


async def close_ended(tx: AsyncSession) -> None:
    """Close events that ended a day ago, so that attendees get their points."""
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
        # A correlation id of its own, or a resident's trail would show other events too.
        with message_context(new_id(), None):
            await settle(tx, event, None)


JOBS = (Job("events.close-over", timedelta(minutes=1), close_ended),)
