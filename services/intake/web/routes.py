"""All pages, added to intake's application."""

from typing import TYPE_CHECKING, cast

from asgi_cross_origin_protection import CrossOriginProtection
from fastapi import FastAPI
from secure.middleware import SecureASGIMiddleware

from services.intake.settings import IntakeSettings
from services.intake.web.desk import events as desk_events
from services.intake.web.desk import pages as desk
from services.intake.web.desk import staff_queue
from services.intake.web.display_settings import pages as display_settings
from services.intake.web.events import check_in
from services.intake.web.events import edit as edit_events
from services.intake.web.events import manage as manage_events
from services.intake.web.events import pages as events
from services.intake.web.home import pages as home
from services.intake.web.inbox import pages as inbox
from services.intake.web.kit import security_headers, static_files
from services.intake.web.kit.assets import assets
from services.intake.web.kit.error_pages import problem_page
from services.intake.web.kit.page_context import NoStationChosen
from services.intake.web.message_docs import pages as message_docs
from services.intake.web.points import pages as points
from services.intake.web.sign_in import pages as sign_in
from services.intake.web.sms_log import pages as sms_log
from services.intake.web.trail import pages as trail
from services.intake.web.volunteers import pages as volunteers
from services.intake.web.wishes import action_forms, deliver_and_confirm
from services.intake.web.wishes import create as create_wish
from services.intake.web.wishes import pages as wishes

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime

# `/wishes/new` has to come before `/wishes/{wish_id}`, and so for events.
PAGE_MODULES = (
    home,
    display_settings,
    sign_in,
    create_wish,
    wishes,
    action_forms,
    deliver_and_confirm,
    edit_events,
    manage_events,
    events,
    check_in,
    desk_events,
    volunteers,
    points,
    inbox,
    staff_queue,
    desk,
    sms_log,
    trail,
    message_docs,
    static_files,
)


def add_pages(app: FastAPI, runtime: "Runtime") -> None:
    """Add the pages, what protects them, and the page that is shown when something goes wrong."""
    assets()
    for room in PAGE_MODULES:
        app.include_router(room.pages)
    app.state.problem_page = problem_page
    app.add_exception_handler(NoStationChosen, display_settings.redirect_to_stations)
    app.add_middleware(CrossOriginProtection, deny_app=security_headers.reject_cross_origin)
    secure = cast(IntakeSettings, runtime.settings).uses_https
    app.add_middleware(SecureASGIMiddleware, secure=security_headers.headers(https=secure))
