"""What happens to events by the passing of time."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.events.actions import settle
from services.intake.events.models import Event, State
from shared import clock
from shared.ids import new_id
from shared.observability.logs import caused
from shared.scheduler import Job

FORGOTTEN = timedelta(days=1)
CHUNK = 5


async def close_over(tx: AsyncSession) -> None:
    """Close what ended a day ago and nobody closed, so that those who came get their points."""
    statement = (
        select(Event)
        .where(Event.state == State.PUBLISHED, Event.ends_at <= clock.now() - FORGOTTEN)
        .order_by(Event.ends_at, Event.id)
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    for event in (await tx.scalars(statement)).all():
        # Each on its own account, or one resident's trail would hold those of all others.
        with caused(new_id(), None):
            await settle(tx, event, None)


JOBS = (Job("events.close-over", timedelta(minutes=1), close_over),)
