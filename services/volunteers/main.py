"""Declaration of the volunteers service: tables, message handlers, application."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.base import Base
from services.volunteers.ledger import api as ledger
from services.volunteers.ledger.queries import point_effects
from services.volunteers.people import api as people
from services.volunteers.people.handlers import HANDLERS as DUTY_HANDLERS
from services.volunteers.people.handlers import duty_locks, upsert_duties
from services.volunteers.people.models import Volunteer
from services.volunteers.rules import api as rules
from services.volunteers.rules.handlers import account_locks, award_points, reverse_points
from services.volunteers.settings import VolunteersSettings
from shared.bus.admin.snapshots import Snapshot
from shared.bus.message import BatchHandler, HandleBatch, Handlers, Message
from shared.contracts.events import EventAttended
from shared.contracts.intake import WishFulfilled, WishReopened
from shared.runtime.app import create_app
from shared.runtime.service import Replica, Service


def _with_duties(handle_points: HandleBatch) -> BatchHandler:
    """Combine the handler of duties with a handler of points, under the locks of both."""

    async def handle(tx: AsyncSession, messages: list[Message[Any]]) -> None:
        await upsert_duties(tx, messages)
        await handle_points(tx, messages)

    def locks(messages: Sequence[Message[Any]]) -> list[str]:
        return [*duty_locks(messages), *account_locks(messages)]

    return BatchHandler(handle, locks)


HANDLERS: Handlers = {
    **DUTY_HANDLERS,
    **dict.fromkeys((WishFulfilled, EventAttended), _with_duties(award_points)),
    WishReopened: _with_duties(reverse_points),
}


def build_app(replica: Replica) -> FastAPI:
    """Build the application of one replica."""
    app = create_app(replica)
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
    snapshots={"volunteers": Snapshot(Volunteer, Volunteer.snapshot_message)},
    effects=point_effects,
)
