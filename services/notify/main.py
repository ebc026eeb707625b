"""The notify service as it is declared."""

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import FastAPI

from services.notify.audience import handlers as audience
from services.notify.base import Base
from services.notify.channels.sms import sms_channel
from services.notify.deliveries import handlers as deliveries
from services.notify.deliveries.actions import forget_secrets
from services.notify.deliveries.api import api
from services.notify.deliveries.sender import Sender
from services.notify.settings import NotifySettings
from shared.app import create_app
from shared.service import Part, Service
from shared.ticker import Job

if TYPE_CHECKING:
    from shared.runtime import Runtime


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
    return (Sender(runtime.sessions, settings, {"sms": sms_channel(settings)}),)


SERVICE = Service(
    name="notify",
    settings=NotifySettings,
    metadata=Base.metadata,
    build_app=build_app,
    handlers={**audience.HANDLERS, **deliveries.HANDLERS},
    jobs=(Job("deliveries.forget-secrets", timedelta(minutes=1), forget_secrets),),
    prefixes=("/inbox", "/deliveries"),
    parts=parts,
)
