"""All pages, added to intake's application."""

from typing import TYPE_CHECKING, cast

from asgi_cross_origin_protection import CrossOriginProtection
from fastapi import FastAPI
from secure.middleware import SecureASGIMiddleware

from services.intake.settings import IntakeSettings
from services.intake.web import (
    contracts,
    delivering,
    desk,
    desk_events,
    doing,
    door,
    events,
    home,
    inbox,
    making_a_wish,
    outgoing,
    planning_events,
    points,
    preferences,
    protection,
    review,
    running_events,
    signing_in,
    static_files,
    trail,
    volunteering,
    wishes,
)
from services.intake.web.assets import assets
from services.intake.web.problem_page import problem_page
from services.intake.web.screen import NoStationChosen

if TYPE_CHECKING:
    from shared.runtime import Runtime

# `/wishes/new` has to come before `/wishes/{wish_id}`, and so for events.
SCREENS = (
    home,
    preferences,
    signing_in,
    making_a_wish,
    wishes,
    doing,
    delivering,
    planning_events,
    running_events,
    events,
    door,
    desk_events,
    volunteering,
    points,
    inbox,
    review,
    desk,
    outgoing,
    trail,
    contracts,
    static_files,
)


def mount(app: FastAPI, runtime: "Runtime") -> None:
    """Add the pages, what protects them, and the page that is shown when something goes wrong."""
    assets()
    for screen in SCREENS:
        app.include_router(screen.pages)
    app.state.problem_page = problem_page
    app.add_exception_handler(NoStationChosen, preferences.ask_which)
    app.add_middleware(CrossOriginProtection, deny_app=protection.refuse_other_sites)
    secure = cast(IntakeSettings, runtime.settings).secure
    app.add_middleware(SecureASGIMiddleware, secure=protection.headers(https=secure))
