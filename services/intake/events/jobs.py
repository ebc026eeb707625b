"""The timed jobs of events."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events.actions import settle
from services.intake.events.models import Event, EventState
from shared import clock
from shared.aggregate import lock_due
from shared.auth import Actor
from shared.ids import new_id
from shared.observability.context import message_context
from shared.scheduler import Job

CLOSE_AUTOMATICALLY_AFTER = timedelta(days=1)
BATCH_SIZE = 5


async def close_ended(tx: AsyncSession) -> None:
    """Close events that ended a day ago, so that attendees get their points."""
    has_ended = Event.ends_at <= clock.now() - CLOSE_AUTOMATICALLY_AFTER
    due = (Event.state == EventState.PUBLISHED, has_ended)
    for event in await lock_due(tx, Event, *due, limit=BATCH_SIZE):
        # A correlation id of its own, or a resident's trail would show other events too.
        with message_context(new_id(), None):
            await settle(tx, Actor.system(event.station_id), event, None)


JOBS = (Job("events.close-over", timedelta(minutes=1), close_ended),)
