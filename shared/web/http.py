"""The HTTP edge: routes that name their policy, and one transaction a request."""

import functools
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.errors import Invalid
from shared.language import N_
from shared.state_key import StateKey
from shared.text_validation import is_readable
from shared.web.authentication import allow, current_actor
from shared.web.idempotency import IdempotencyKey, StoredResponse, find_response, store_response
from shared.web.openapi import RouteDocs

SESSIONS = StateKey[async_sessionmaker[AsyncSession]]("sessions")
_IDEMPOTENCY_KEY = StateKey[IdempotencyKey | None]("idempotency key")
MAX_IDEMPOTENCY_KEY_LENGTH = 255
MAX_BODY_BYTES = 64 * 1024


class RequestModel(BaseModel):
    """A client's JSON: unknown fields are refused, white space around text is dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if not is_readable(value):
            raise ValueError(N_("This has characters that can't be shown"))
        return value


class ResponseModel(BaseModel):
    """The JSON of a response."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Open the transaction of a request; commit when the endpoint returns, or roll back."""
    async with SESSIONS.get(request.app.state)() as tx, tx.begin():
        _IDEMPOTENCY_KEY.set(tx.info, await _read_idempotency_key(request))
        yield tx


# "function" scope commits before the response leaves; the default commits after.
Tx = Annotated[AsyncSession, Depends(transaction, scope="function")]


async def _read_idempotency_key(request: Request) -> IdempotencyKey | None:
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not 1 <= len(key) <= MAX_IDEMPOTENCY_KEY_LENGTH:
        raise Invalid(errors={"Idempotency-Key": N_("This is too long")})
    actor = await current_actor(request)
    target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    content = target + await request.body()
    return IdempotencyKey.of(actor.person if actor else None, key, content)


def idempotent(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    """Wrap the endpoint so that a repeated Idempotency-Key gets the stored first response."""

    @functools.wraps(endpoint)
    async def idempotent_endpoint(**arguments: Any) -> Any:
        tx: AsyncSession | None = arguments.get("tx")
        key = _IDEMPOTENCY_KEY.find(tx.info) if tx is not None else None
        if tx is None or key is None:
            return await endpoint(**arguments)
        if stored := await find_response(tx, key):
            return Response(stored.body, stored.status, media_type="application/json")
        content = await endpoint(**arguments)
        body = b"" if content is None else to_json(content)
        await store_response(tx, key, StoredResponse(status, body))
        return content

    return idempotent_endpoint


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class RouteDecorator(Protocol):
    """A decorator that leaves the function as it is."""

    def __call__(self, endpoint: Endpoint, /) -> Endpoint: ...


class Filters(RequestModel):
    """A list's filters in the query; names that the route doesn't know are refused for all."""

    model_config = ConfigDict(extra="ignore")


async def _refuse_unknown_parameters(request: Request) -> None:
    """Refuse a query parameter that the route doesn't know: a filter that does nothing."""
    unknown = request.query_params.keys() - _parameter_names(request.scope["route"])
    if unknown:
        raise Invalid(errors=dict.fromkeys(sorted(unknown), N_("There is no such field")))


def _parameter_names(route: APIRoute) -> frozenset[str]:
    return frozenset(field.alias for field in get_flat_params(route.dependant))


class ApiRouter(APIRouter):
    """Routes under `/api/v1`; each names its policy, each POST may be repeated safely.

    What an endpoint's signature shows is in its description by itself; `problems` are the statuses
    that the route can give beyond that.
    """

    def __init__(self, **options: Any) -> None:
        prefix = "/api/v1" + options.pop("prefix", "")
        super().__init__(prefix=prefix, generate_unique_id_function=_operation_id, **options)

    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], *, policy: str = "", **options: Any
    ) -> None:
        """Add a route; `policy` is one of the policies of the service."""
        guards = [Depends(allow(policy)), *(options.pop("dependencies", None) or [])]
        if options.get("include_in_schema", True):
            guards.append(Depends(_refuse_unknown_parameters))
            options = _with_openapi(path, endpoint, policy, options)
        if "POST" in (options.get("methods") or ()):
            endpoint = idempotent(endpoint, options.get("status_code") or 200)
        super().add_api_route(path, endpoint, dependencies=guards, **options)

    def add(self, method: str, path: str, policy: str, **options: Any) -> RouteDecorator:
        """Return a decorator that adds the function as the route's endpoint."""

        def add_endpoint(endpoint: Endpoint) -> Endpoint:
            self.add_api_route(path, endpoint, policy=policy, methods=[method], **options)
            return endpoint

        return add_endpoint

    def get(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """Add a route that reads."""
        return self.add("GET", path, policy, **options)

    def post(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """Add a route that acts."""
        return self.add("POST", path, policy, **options)

    def put(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """Add a route that replaces."""
        return self.add("PUT", path, policy, **options)

    def delete(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """Add a route that ends something."""
        return self.add("DELETE", path, policy, **options)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _with_openapi(
    path: str, endpoint: Callable[..., Any], policy: str, options: dict[str, Any]
) -> dict[str, Any]:
    """Complete a route's options with what its signature says in the description."""
    docs = RouteDocs.of(options["methods"][0], path, policy, endpoint)
    responses = docs.responses(options.get("status_code") or 200, options.pop("problems", ()))
    for status, response in (options.pop("responses", None) or {}).items():
        responses[status] = {**responses.get(status, {}), **response}
    extra = {**docs.operation(), **(options.pop("openapi_extra", None) or {})}
    return {**options, "responses": responses, "openapi_extra": extra}
