"""The notify service as it is declared."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.audience.handlers import HANDLERS as AUDIENCE
from services.notify.base import Base
from services.notify.channels.sms import sms_channel
from services.notify.deliveries.actions import forget_secrets
from services.notify.deliveries.api import api
from services.notify.deliveries.handlers import HANDLERS as TELLINGS
from services.notify.deliveries.handlers import tell
from services.notify.deliveries.models import QUEUED
from services.notify.deliveries.queries import made
from services.notify.deliveries.sender import Sender
from services.notify.reminders.handlers import HANDLERS as APPOINTMENTS
from services.notify.reminders.handlers import keep_appointments, participations
from services.notify.reminders.jobs import JOBS as REMINDING
from services.notify.reminders.queries import still_so
from services.notify.settings import NotifySettings
from shared.bus.message import Bulk, Handlers, Message
from shared.runtime.app import create_app
from shared.runtime.service import Part, Service
from shared.scheduler import Job

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime


async def _keep_and_tell(tx: AsyncSession, messages: list[Message[Any]]) -> None:
    """Both reactions to what is said of participations, of which only what is still so is told.

    Whatever the order of messages, what somebody reads last is how it stands.
    """
    await keep_appointments(tx, messages)
    await tell(tx, await still_so(tx, messages))


HANDLERS: Handlers = {
    **AUDIENCE,
    **TELLINGS,
    **dict.fromkeys(APPOINTMENTS, Bulk(_keep_and_tell, participations)),
}


def build_app(runtime: "Runtime") -> FastAPI:
    """The application of one replica."""
    app = create_app(runtime)
    app.include_router(api)
    return app


def parts(runtime: "Runtime") -> tuple[Part, ...]:
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
    jobs=(Job("deliveries.forget-secrets", timedelta(minutes=1), forget_secrets), *REMINDING),
    prefixes=("/inbox", "/deliveries", "/operations/notify"),
    parts=parts,
    effects=made,
)
