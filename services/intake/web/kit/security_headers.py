"""Security headers of every response, and the refusal of cross-origin requests."""

from fastapi import Request
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)
from starlette.types import Receive, Scope, Send

from shared.errors import Forbidden
from shared.language import N_
from shared.web.problems import render

NONE, SELF = "'none'", "'self'"


class CrossOriginRequest(Forbidden):
    """A request that a page of another site made the browser send."""

    title = N_("This was sent from another site; please open the page here and try again")


async def reject_cross_origin(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a request that a page of another site made the browser send."""
    await render(Request(scope), CrossOriginRequest())(scope, receive, send)


def headers(*, https: bool) -> Secure:
    """Build the headers of every response: only own scripts and styles, none of them inline."""
    policy = (
        ContentSecurityPolicy()
        .default_src(NONE)
        .script_src(SELF)
        .style_src(SELF)
        .img_src(SELF, "data:")
        .font_src(SELF)
        .connect_src(SELF)
        .form_action(SELF)
        .frame_ancestors(NONE)
        .base_uri(NONE)
    )
    year = StrictTransportSecurity().max_age(365 * 24 * 3600)
    return Secure(
        csp=policy,
        coop=CrossOriginOpenerPolicy().same_origin(),
        hsts=year if https else None,
        permissions=PermissionsPolicy().camera().geolocation().microphone(),
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )
