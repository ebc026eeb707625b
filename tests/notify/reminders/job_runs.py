"""Messages handled and the job run at chosen moments, and the resulting reminders."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.notify.deliveries.models import Delivery
from services.notify.reminders.jobs import send_reminders
from shared import clock
from shared.runtime.runtime import Runtime
from tests.notify.fixtures import read_deliveries
from tests.support.messages import AnyMessage, handle_messages

REMINDER_TIME = datetime(2026, 11, 27, 10, tzinfo=UTC)
BEFORE_REMINDER = REMINDER_TIME - timedelta(days=3)


async def handle_at(
    runtime: Runtime, *messages: AnyMessage, at: datetime = BEFORE_REMINDER
) -> None:
    """Handle the messages at the moment `at`."""
    with clock.frozen(at):
        await handle_messages(runtime, *messages)


async def run_job(runtime: Runtime, at: datetime = REMINDER_TIME) -> None:
    """Run the job at the moment `at`."""
    with clock.frozen(at):
        async with runtime.sessions.begin() as tx:
            await send_reminders(tx)


async def list_reminders(runtime: Runtime, station: UUID) -> list[Delivery]:
    """List the reminders of a station, inbox first."""
    deliveries = await read_deliveries(runtime, station)
    return [delivery for delivery in deliveries if delivery.template == "event.reminder"]
