"""The notify service as it is declared."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

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
from services.notify.settings import NotifySettings
from shared.bus.message import BatchHandler, Handlers, Message
from shared.runtime.app import create_app
from shared.runtime.service import BackgroundTask, Service
from shared.scheduler import Job

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime


async def _upsert_and_notify(tx: AsyncSession, messages: list[Message[Any]]) -> None:
    """Both reactions to what is said of participations, of which only what is still so is told.

    Whatever the order of messages, what somebody reads last is how it stands.
    """
    await upsert_reminders(tx, messages)
    await create_deliveries(tx, await only_current(tx, messages))


HANDLERS: Handlers = {
    **AUDIENCE_HANDLERS,
    **DELIVERY_HANDLERS,
    **dict.fromkeys(REMINDER_HANDLERS, BatchHandler(_upsert_and_notify, reminder_locks)),
}


def build_app(runtime: "Runtime") -> FastAPI:
    """The application of one replica."""
    app = create_app(runtime)
    app.include_router(api)
    return app


def background_tasks(runtime: "Runtime") -> tuple[BackgroundTask, ...]:
    """One replica's sender."""
    settings = runtime.settings
    if not isinstance(settings, NotifySettings):
        raise TypeError("notify needs its own settings")
    sender = Sender(runtime.sessions, settings, {"sms": sms_channel(settings)})
    # The consumer queues what is to be sent, in sessions of its own.
    runtime.wake_by(QUEUED, sender.wake)
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
    parts=background_tasks,
    effects=delivery_effects,
)
