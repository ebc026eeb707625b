"""The list of all page routers, and their addition to intake's application."""

from typing import cast

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
from services.intake.web.events import labels as event_labels
from services.intake.web.events import manage as manage_events
from services.intake.web.events import pages as events
from services.intake.web.home import pages as home
from services.intake.web.inbox import pages as inbox
from services.intake.web.kit import security_headers, static_files, templating
from services.intake.web.kit.assets import assets
from services.intake.web.kit.error_pages import problem_page
from services.intake.web.kit.page_context import NoStationChosen
from services.intake.web.message_docs import pages as message_docs
from services.intake.web.points import pages as points
from services.intake.web.sign_in import pages as sign_in
from services.intake.web.sms_log import labels as sms_log_labels
from services.intake.web.sms_log import pages as sms_log
from services.intake.web.trail import labels as trail_labels
from services.intake.web.trail import pages as trail
from services.intake.web.volunteers import labels as volunteer_labels
from services.intake.web.volunteers import pages as volunteers
from services.intake.web.wishes import action_forms, deliver_and_confirm
from services.intake.web.wishes import create as create_wish
from services.intake.web.wishes import labels as wish_labels
from services.intake.web.wishes import pages as wishes
from shared.runtime.service import Replica
from shared.web.problems import ERROR_PAGE

# `/wishes/new` must come before `/wishes/{wish_id}`, and `/events/new` before `/events/{event_id}`.
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

TEMPLATE_GLOBALS = {
    "event_labels": event_labels,
    "sms_log_labels": sms_log_labels,
    "trail_labels": trail_labels,
    "volunteer_labels": volunteer_labels,
    "wish_labels": wish_labels,
}


def add_pages(app: FastAPI, replica: Replica) -> None:
    """Add the pages, their security middleware and the error page to `app`."""
    assets()
    templating.add_globals(TEMPLATE_GLOBALS)
    for module in PAGE_MODULES:
        app.include_router(module.pages)
    ERROR_PAGE.set(app.state, problem_page)
    app.add_exception_handler(NoStationChosen, display_settings.redirect_to_stations)
    app.add_middleware(CrossOriginProtection, deny_app=security_headers.reject_cross_origin)
    uses_https = cast(IntakeSettings, replica.settings).uses_https
    app.add_middleware(SecureASGIMiddleware, secure=security_headers.headers(https=uses_https))
