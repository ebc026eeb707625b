"""The page that explains a problem and offers a way on."""

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from services.intake.stations.models import Station
from services.intake.web.kit.page_context import (
    NoStationChosen,
    PageContext,
    build_context,
    safe_redirect_path,
    show_page,
)
from shared.auth import Actor
from shared.errors import Invalid, NotFound, Problem, Unauthorized
from shared.observability.context import correlation_id
from shared.web.authentication import current_actor
from shared.web.http import SESSIONS


async def problem_page(request: Request, problem: Problem) -> Response:
    """Render the page of `problem`, or redirect an anonymous reader to the sign-in page."""
    is_read = request.method in ("GET", "HEAD")
    is_polling = "hx-request" in request.headers
    if is_read and isinstance(problem, Unauthorized) and not is_polling:
        then = safe_redirect_path(request.url.path)
        return RedirectResponse(f"/sign-in?then={quote(then, safe='/')}", status_code=303)
    if is_read and isinstance(problem, Invalid):
        problem = NotFound()
    actor = await _actor_or_none(request)
    async with SESSIONS.get(request.app.state)() as tx:
        page = build_context(request, actor, tx)
        values = {
            "problem": problem,
            "errors": getattr(problem, "errors", {}),
            "case": correlation_id.get() if problem.status >= 500 else None,
        }
        response = await show_page(
            page, await _station_or_none(page), "error.html", problem.status, values
        )
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


async def _actor_or_none(request: Request) -> Actor | None:
    """Return the actor of `request`, None if nobody is signed in or the database is away."""
    try:
        return await current_actor(request)
    except (Problem, SQLAlchemyError, OSError):
        return None


async def _station_or_none(page: PageContext) -> Station | None:
    """Return the station of `page`, None if none is chosen or the database is away."""
    try:
        return await page.station()
    except (Problem, NoStationChosen, SQLAlchemyError, OSError):
        return None
