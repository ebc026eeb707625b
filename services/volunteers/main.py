"""The volunteers service as it is declared: tables, reactions to messages, application."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.base import Base
from services.volunteers.ledger import api as ledger
from services.volunteers.ledger.queries import points_moved
from services.volunteers.people import api as people
from services.volunteers.people.handlers import HANDLERS as DUTIES
from services.volunteers.people.handlers import keep_duties, subjects
from services.volunteers.people.models import Volunteer
from services.volunteers.rules import api as rules
from services.volunteers.rules.handlers import accounts, pay, take_back
from services.volunteers.settings import VolunteersSettings
from shared.bus.admin.snapshots import Snapshot
from shared.bus.message import Bulk, HandleMany, Handlers, Message
from shared.contracts.events import EventAttended
from shared.contracts.intake import WishFulfilled, WishReopened
from shared.runtime.app import create_app
from shared.runtime.runtime import Runtime
from shared.runtime.service import Service


def _with_duties(points: HandleMany) -> Bulk:
    """Both reactions to one message: the duty is opened or closed, the points are moved."""

    async def handle(tx: AsyncSession, messages: list[Message[Any]]) -> None:
        await keep_duties(tx, messages)
        await points(tx, messages)

    def locks(messages: Sequence[Message[Any]]) -> list[str]:
        return [*subjects(messages), *accounts(messages)]

    return Bulk(handle, locks)


HANDLERS: Handlers = {
    **DUTIES,
    **dict.fromkeys((WishFulfilled, EventAttended), _with_duties(pay)),
    WishReopened: _with_duties(take_back),
}


def build_app(runtime: Runtime) -> FastAPI:
    """The application of one replica."""
    app = create_app(runtime)
    for feature in (people, ledger, rules):
        app.include_router(feature.router)
    return app


SERVICE = Service(
    name="volunteers",
    settings=VolunteersSettings,
    metadata=Base.metadata,
    build_app=build_app,
    handlers=HANDLERS,
    prefixes=("/volunteers", "/points", "/rules", "/operations/volunteers"),
    snapshots={"volunteers": Snapshot(Volunteer, Volunteer.standing)},
    effects=points_moved,
)
