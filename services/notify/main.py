"""Declaration of the notify service: tables, message handlers, jobs, application."""

from datetime import timedelta
from pathlib import Path
from typing import cast

from fastapi import FastAPI

from services.notify.audience import handlers as audience
from services.notify.base import Base
from services.notify.channels.sms import sms_channel
from services.notify.deliveries import handlers as deliveries
from services.notify.deliveries.actions import erase_expired_secrets
from services.notify.deliveries.api import api
from services.notify.deliveries.models import QUEUED
from services.notify.deliveries.policies import POLICIES
from services.notify.deliveries.queries import delivery_effects
from services.notify.deliveries.sender import Sender
from services.notify.reminders import handlers as reminders
from services.notify.reminders.jobs import JOBS as REMINDER_JOBS
from services.notify.settings import SETTINGS, NotifySettings
from shared.bus.message import merge_handlers
from shared.bus.reconciliation.service import reconciliation_handlers, reconciliation_jobs
from shared.language import add_catalogue
from shared.runtime.app import create_app
from shared.runtime.service import BackgroundTask, Replica, Service
from shared.scheduler import Job

HANDLERS = merge_handlers(
    audience.HANDLERS,
    deliveries.HANDLERS,
    reminders.HANDLERS,
    reconciliation_handlers("notify"),
)


def build_app(replica: Replica) -> FastAPI:
    """Build the application of one replica."""
    add_catalogue(Path(__file__).parent / "locale")
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
    # `wake_on_commit` also covers the sessions of the consumer, which queues most deliveries.
    replica.wake_on_commit(QUEUED, sender.wake)
    return (sender,)


SERVICE = Service(
    name="notify",
    settings=NotifySettings,
    metadata=Base.metadata,
    build_app=build_app,
    policies=POLICIES,
    handlers=HANDLERS,
    jobs=(
        Job("deliveries.forget-secrets", timedelta(minutes=1), erase_expired_secrets),
        *REMINDER_JOBS,
        *reconciliation_jobs("notify"),
    ),
    prefixes=("/inbox", "/deliveries", "/operations/notify"),
    background_tasks=background_tasks,
    effects=delivery_effects,
)
