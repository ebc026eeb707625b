"""The pages, and their addition to intake's application."""

from typing import cast

from asgi_cross_origin_protection import CrossOriginProtection
from fastapi import FastAPI
from secure.middleware import SecureASGIMiddleware

from services.intake.settings import IntakeSettings
from services.intake.web.display_settings import pages as display_settings
from services.intake.web.kit import security_headers, templating
from services.intake.web.kit.assets import assets
from services.intake.web.kit.error_pages import problem_page
from services.intake.web.kit.page_compression import PageCompression
from services.intake.web.kit.page_context import NoStationChosen
from services.intake.web.kit.page_modules import label_modules, page_router
from shared.runtime.service import Replica
from shared.web.problems import ERROR_PAGE


def add_pages(app: FastAPI, replica: Replica) -> None:
    """Add the pages, their security middleware and the error page to `app`."""
    assets()
    templating.add_globals({"labels": label_modules()})
    app.include_router(page_router())
    ERROR_PAGE.set(app.state, problem_page)
    app.add_exception_handler(NoStationChosen, display_settings.redirect_to_stations)
    app.add_middleware(CrossOriginProtection, deny_app=security_headers.reject_cross_origin)
    uses_https = cast(IntakeSettings, replica.settings).uses_https
    app.add_middleware(SecureASGIMiddleware, secure=security_headers.headers(https=uses_https))
    app.add_middleware(PageCompression)
