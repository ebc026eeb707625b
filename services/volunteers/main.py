"""Declaration of the volunteers service: tables, message handlers, application."""

from pathlib import Path

from fastapi import FastAPI

from services.volunteers.base import Base
from services.volunteers.ledger import api as ledger
from services.volunteers.ledger import policies as ledger_policies
from services.volunteers.ledger.queries import point_effects
from services.volunteers.people import api as people
from services.volunteers.people import handlers as people_handlers
from services.volunteers.people import policies as people_policies
from services.volunteers.people.models import Volunteer
from services.volunteers.rules import api as rules
from services.volunteers.rules import handlers as rules_handlers
from services.volunteers.rules import policies as rules_policies
from services.volunteers.settings import VolunteersSettings
from shared.bus.admin.snapshots import Snapshot
from shared.bus.message import merge_handlers
from shared.bus.reconciliation.service import reconciliation_handlers, reconciliation_jobs
from shared.language import add_catalogue
from shared.policies import merge_policies
from shared.runtime.app import create_app
from shared.runtime.service import Replica, Service

HANDLERS = merge_handlers(
    people_handlers.HANDLERS, rules_handlers.HANDLERS, reconciliation_handlers("volunteers")
)
POLICIES = merge_policies(
    people_policies.POLICIES, ledger_policies.POLICIES, rules_policies.POLICIES
)


def build_app(replica: Replica) -> FastAPI:
    """Build the application of one replica."""
    add_catalogue(Path(__file__).parent / "locale")
    app = create_app(replica)
    for feature in (people, ledger, rules):
        app.include_router(feature.router)
    return app


SERVICE = Service(
    name="volunteers",
    settings=VolunteersSettings,
    metadata=Base.metadata,
    build_app=build_app,
    policies=POLICIES,
    handlers=HANDLERS,
    jobs=reconciliation_jobs("volunteers"),
    prefixes=("/volunteers", "/points", "/rules", "/operations/volunteers"),
    snapshots={"volunteers": Snapshot(Volunteer, Volunteer.snapshot_message)},
    effects=point_effects,
)
