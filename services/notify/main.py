"""Declaration of the notify service: tables, message handlers, jobs, application."""

from datetime import timedelta
from typing import Any, cast

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.handlers import HANDLERS as AUDIENCE_HANDLERS
from services.notify.base import Base
from services.notify.channels.sms import sms_channel
from services.notify.deliveries.actions import erase_expired_secrets
from services.notify.deliveries.api import api
from services.notify.deliveries.handlers import HANDLERS as DELIVERY_HANDLERS
from services.notify.deliveries.handlers import create_deliveries
from services.notify.deliveries.models import QUEUED
from services.notify.deliveries.queries import delivery_effects
from services.notify.deliveries.sender import Sender
from services.notify.reminders.handlers import HANDLERS as REMINDER_HANDLERS
from services.notify.reminders.handlers import reminder_locks, upsert_reminders
from services.notify.reminders.jobs import JOBS as REMINDER_JOBS
from services.notify.reminders.queries import only_current
from services.notify.settings import SETTINGS, NotifySettings
from shared.bus.message import BatchHandler, Handlers, Message
from shared.runtime.app import create_app
from shared.runtime.service import BackgroundTask, Replica, Service
from shared.scheduler import Job


async def _upsert_and_notify(tx: AsyncSession, messages: list[Message[Any]]) -> None:
    """Update the reminders, and notify only of the current state of each participation.

    Whatever the order of the messages, the last notification that a resident reads is current.
    """
    await upsert_reminders(tx, messages)
    await create_deliveries(tx, await only_current(tx, messages))


HANDLERS: Handlers = {
    **AUDIENCE_HANDLERS,
    **DELIVERY_HANDLERS,
    **dict.fromkeys(REMINDER_HANDLERS, BatchHandler(_upsert_and_notify, reminder_locks)),
}


def build_app(replica: Replica) -> FastAPI:
    """Build the application of one replica."""
    app = create_app(replica)
    SETTINGS.set(app.state, cast(NotifySettings, replica.settings))
    app.include_router(api)
    return app


def background_tasks(replica: Replica) -> tuple[BackgroundTask, ...]:
    """Build the sender of one replica."""
    settings = replica.settings
    if not isinstance(settings, NotifySettings):
        raise TypeError("notify needs its own settings")
    sender = Sender(replica.sessions, settings, {"sms": sms_channel(settings)})
    # `wake_by` also covers the sessions of the consumer, which queues most deliveries.
    replica.wake_on_commit(QUEUED, sender.wake)
    return (sender,)


SERVICE = Service(
    name="notify",
    settings=NotifySettings,
    metadata=Base.metadata,
    build_app=build_app,
    handlers=HANDLERS,
    jobs=(
        Job("deliveries.forget-secrets", timedelta(minutes=1), erase_expired_secrets),
        *REMINDER_JOBS,
    ),
    prefixes=("/inbox", "/deliveries", "/operations/notify"),
    background_tasks=background_tasks,
    effects=delivery_effects,
)
