"""What went wrong, in words, with a way on."""

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
from shared.observability.logs import correlation_id
from shared.web.http import current_actor


async def problem_page(request: Request, problem: Problem) -> Response:
    """The page about a problem; whoever has to sign in first is asked to."""
    reading = request.method in ("GET", "HEAD")
    polling = "hx-request" in request.headers
    if reading and isinstance(problem, Unauthorized) and not polling:
        then = safe_redirect_path(request.url.path)
        return RedirectResponse(f"/sign-in?then={quote(then, safe='/')}", status_code=303)
    if reading and isinstance(problem, Invalid):
        problem = NotFound()
    actor = await _actor_or_none(request)
    async with request.app.state.runtime.sessions() as tx:
        page = build_context(request, actor, tx)
        values = {
            "problem": problem,
            "errors": getattr(problem, "errors", {}),
            "case": correlation_id.get() if problem.status >= 500 else None,
        }
        answer = await show_page(
            page, await _station_or_none(page), "problem.html", problem.status, values
        )
    for name, value in problem.headers.items():
        answer.headers[name] = value
    return answer


async def _actor_or_none(request: Request) -> Actor | None:
    """Who looks, as far as the database says."""
    try:
        return await current_actor(request)
    except (Problem, SQLAlchemyError, OSError):
        return None


async def _station_or_none(page: PageContext) -> Station | None:
    """The station, as far as the database says."""
    try:
        return await page.station()
    except (Problem, NoStationChosen, SQLAlchemyError, OSError):
        return None
