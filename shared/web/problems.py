"""Problem details (RFC 9457): the one place that turns errors into responses."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.db_errors import is_unavailable, redacted_message
from shared.errors import Invalid, Problem, Unavailable
from shared.language import N_, P_, Language, preferred, translate
from shared.observability.logs import logger
from shared.state_key import StateKey

log = logger("linli.http")
ErrorPage = Callable[[Request, Problem], Awaitable[Response]]
ERROR_PAGE = StateKey[ErrorPage]("error page")
MEDIA_TYPE = "application/problem+json"
# Serialisation, deadlock, lock and statement time-outs.
BUSY_STATES = {"40001", "40P01", "55P03", "57014"}

FIELD_ERRORS = {
    "missing": N_("This is needed"),
    "extra_forbidden": N_("There is no such field"),
    "json_invalid": N_("This is not valid JSON"),
    "string_too_short": N_("This is too short"),
    "string_too_long": N_("This is too long"),
    "string_type": N_("This must be text"),
    "string_unicode": N_("This must be valid Unicode text"),
    "value_error": N_("This is not valid"),
    "uuid_parsing": N_("This must be an id (UUID)"),
    "uuid_type": N_("This must be an id (UUID)"),
    "int_type": N_("This must be a whole number"),
    "int_parsing": N_("This must be a whole number"),
    "int_from_float": N_("This must be a whole number"),
    "greater_than_equal": N_("This is too small"),
    "greater_than": N_("This is too small"),
    "less_than_equal": N_("This is too large"),
    "less_than": N_("This is too large"),
    "bool_parsing": N_("This must be true or false"),
    "bool_type": N_("This must be true or false"),
    "literal_error": N_("This is not one of the choices"),
    "enum": N_("This is not one of the choices"),
    "model_attributes_type": N_("This must be a JSON object"),
    "model_type": N_("This must be a JSON object"),
    "dict_type": N_("This must be a JSON object"),
    "list_type": N_("This must be a list"),
}
HTTP_TITLES = {
    400: N_("This request can't be read"),
    404: N_("There is nothing here"),
    405: N_("This can't be done here"),
    413: P_("request", "This is too large"),
    415: N_("This kind of content is not understood"),
}


class Unreadable(Problem):
    """A body that can't be parsed as its Content-Type."""

    status = 400
    title = N_("The body is not valid JSON")


class Busy(Unavailable):
    """A database that timed out or rolled back because of concurrent requests."""

    title = N_("Many people are doing this at once; please try again in a moment")


def from_validation(error: RequestValidationError) -> Problem:
    """Make the problem of a request that doesn't fit its description."""
    errors = error.errors()
    if any(e["type"] == "json_invalid" for e in errors):
        return Unreadable()
    sentences = {}
    for e in errors:
        path = ".".join(str(part) for part in e["loc"] if part not in ("body", "query", "path"))
        own = (e.get("ctx") or {}).get("error")
        fallback = str(own) if isinstance(own, ValueError) else N_("This is not valid")
        sentences[path or "body"] = FIELD_ERRORS.get(e["type"], fallback) if not own else fallback
    return Invalid(errors=sentences)


def from_database(error: BaseException) -> Problem | None:
    """Make the problem of a busy or unavailable database; None where the fault is ours."""
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if isinstance(error, PoolTimeout | StaleDataError) or state in BUSY_STATES:
        return Busy()
    return Unavailable() if is_unavailable(error) else None


def body(problem: Problem, language: Language) -> dict[str, Any]:
    """Make the members of the problem details, in `language`."""
    members: dict[str, Any] = {
        "type": "about:blank",
        "status": problem.status,
        "title": translate(problem.title, language, **problem.params),
    }
    if problem.detail:
        members["detail"] = translate(problem.detail, language, **problem.params)
    if isinstance(problem, Invalid) and problem.errors:
        members["errors"] = [
            {"field": field, "detail": translate(sentence, language)}
            for field, sentence in problem.errors.items()
        ]
    return members


def render(request: Request, problem: Problem) -> Response:
    """Make the response to a request that met `problem`."""
    language = preferred(request.headers.get("accept-language"))
    return JSONResponse(
        body(problem, language),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={**problem.headers, "Content-Language": language},
    )


class HttpProblem(Problem):
    """An error of Starlette's own: no such path, wrong method, too large."""

    def __init__(self, error: HTTPException) -> None:
        super().__init__()
        self.status = error.status_code
        self.title = HTTP_TITLES.get(error.status_code) or HTTPStatus(error.status_code).phrase
        self.headers = dict(error.headers or {})


def from_any(error: Exception) -> Problem:
    """Make the problem of any error at the edge."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return from_validation(error)
    if isinstance(error, HTTPException):
        return HttpProblem(error)
    if isinstance(error, ClientDisconnect):
        return Unreadable()  # Nobody reads the response: the sender of the body is gone.
    problem = from_database(error)
    if problem is None:
        # What the database says in detail may hold rows, so of its errors only one line is logged.
        trace = None if isinstance(error, DBAPIError) else error
        log.error("request failed", error=redacted_message(error), exc_info=trace)
    elif isinstance(error, OSError):
        log.warning("request failed", error=redacted_message(error))
    return problem or Problem()


def install(app: FastAPI) -> None:
    """Answer every error of the app with problem details, or with its error page."""

    async def respond(request: Request, error: Exception) -> Response:
        problem = from_any(error)
        error_page = ERROR_PAGE.find(app.state)
        if error_page is None or request.url.path.startswith(("/api/", "/health/", "/metrics")):
            return render(request, problem)
        return await error_page(request, problem)

    ours = (Problem, RequestValidationError, HTTPException, ClientDisconnect)
    theirs = (DBAPIError, PoolTimeout, StaleDataError, OSError)
    for kind in (*ours, *theirs):
        app.add_exception_handler(kind, respond)
    app.add_exception_handler(Exception, respond)
