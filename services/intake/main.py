"""The intake service: its routes, its message handlers and its jobs."""

from pathlib import Path
from typing import cast

from fastapi import FastAPI

from services.intake.accounts import api as accounts
from services.intake.base import Base
from services.intake.events import api as events
from services.intake.events import jobs as event_jobs
from services.intake.gateway import api as gateway
from services.intake.gateway import trail
from services.intake.gateway.openapi import OPENAPI_DOCUMENT, MergedOpenApi
from services.intake.gateway.rate_limits import RATE_LIMITER, RateLimiter, enforce_rate_limits
from services.intake.gateway.upstreams import UPSTREAMS, Upstreams
from services.intake.party import api as party
from services.intake.photos import api as photos
from services.intake.policies import POLICIES
from services.intake.publishers import api as publishers
from services.intake.publishers import ingress
from services.intake.publishers.handlers import PARTNERS
from services.intake.register import api as register
from services.intake.residents import api as residents
from services.intake.residents.models import Resident
from services.intake.settings import SETTINGS, IntakeSettings
from services.intake.sign_in import api as sign_in
from services.intake.sign_in import jobs as sign_in_jobs
from services.intake.sign_in.authentication import authenticate
from services.intake.stations import api as stations
from services.intake.volunteers_view import handlers as volunteers_view
from services.intake.web.routes import add_pages
from services.intake.wishes import api as wishes
from services.intake.wishes import jobs as wish_jobs
from shared.bus.admin.snapshots import Snapshot
from shared.bus.message import merge_handlers
from shared.bus.reconciliation.service import reconciliation_handlers, reconciliation_jobs
from shared.language import add_catalogue
from shared.runtime.app import create_app
from shared.runtime.service import Replica, Service

FEATURES = (
    stations,
    register,
    residents,
    accounts,
    sign_in,
    wishes,
    photos,
    events,
    party,
    publishers,
    ingress,
    trail,
    gateway,
)


def build_app(replica: Replica) -> FastAPI:
    """Build the application: API, gateway and pages."""
    add_catalogue(Path(__file__).parent / "locale")
    app = create_app(replica, authenticate=authenticate, first=enforce_rate_limits)
    settings = cast(IntakeSettings, replica.settings)
    RATE_LIMITER.set(app.state, RateLimiter(settings))
    upstreams = Upstreams(settings)
    replica.on_close.append(upstreams.close)
    SETTINGS.set(app.state, settings)
    UPSTREAMS.set(app.state, upstreams)
    OPENAPI_DOCUMENT.set(app.state, MergedOpenApi(app.openapi, upstreams))
    app.include_router(gateway.root_router)
    for feature in FEATURES:
        app.include_router(feature.router)
    add_pages(app, replica)
    return app


SERVICE = Service(
    name="intake",
    settings=IntakeSettings,
    metadata=Base.metadata,
    build_app=build_app,
    policies=POLICIES,
    handlers=merge_handlers(volunteers_view.HANDLERS, reconciliation_handlers("intake")),
    jobs=(
        *sign_in_jobs.JOBS,
        *wish_jobs.JOBS,
        *event_jobs.JOBS,
        *reconciliation_jobs("intake"),
    ),
    partners=PARTNERS,
    snapshots={"residents": Snapshot(Resident, Resident.changed_message)},
)
