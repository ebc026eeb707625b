"""The HTTP edge: routes that name their policy, and one transaction a request."""

import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from shared import policies
from shared.auth import Actor
from shared.db import PAGE, Page, PageRequest
from shared.errors import Invalid, Unauthorized
from shared.language import N_
from shared.text_validation import is_readable
from shared.web.idempotency import IdempotencyKey, StoredResponse, find_response, store_response
from shared.web.openapi import RouteDocs

if TYPE_CHECKING:
    from shared.runtime.runtime import Runtime


class RequestModel(BaseModel):
    """What a client sends: unknown fields are refused, white space around text is dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        if not is_readable(value):
            raise ValueError(N_("This has characters that can't be shown"))
        return value


class ResponseModel(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


async def current_actor(request: Request) -> Actor | None:
    """Who asks, once a request; None for nobody, Unauthorized for a false proof."""
    if not hasattr(request.state, "actor"):
        request.state.actor = await request.app.state.authenticate(request)
    actor: Actor | None = request.state.actor
    return actor


async def _signed_in(actor: Annotated[Actor | None, Depends(current_actor)]) -> Actor:
    if actor is None:
        raise Unauthorized
    return actor


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """One transaction for one request: committed when the endpoint returns, or rolled back."""
    runtime: Runtime = request.app.state.runtime
    async with runtime.sessions() as tx, tx.begin():
        tx.info["once"] = await _once(request)
        yield tx


async def _once(request: Request) -> IdempotencyKey | None:
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not 1 <= len(key) <= 255:
        raise Invalid(errors={"Idempotency-Key": N_("This is too long")})
    actor = await current_actor(request)
    said = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return IdempotencyKey.of(actor.person if actor else None, key, said + await request.body())


# "function" scope commits before the response leaves; the default commits after.
Tx = Annotated[AsyncSession, Depends(transaction, scope="function")]
CurrentActor = Annotated[Actor, Depends(_signed_in)]
OptionalActor = Annotated[Actor | None, Depends(current_actor)]


def allow(policy: str) -> Callable[..., Awaitable[None]]:
    """A dependency that lets through only those whom the policy names."""
    policies.POLICIES[policy]

    async def allowed(actor: OptionalActor) -> None:
        policies.check(policy, actor)

    allowed.policy = policy  # type: ignore[attr-defined]
    return allowed


def idempotent(endpoint: Callable[..., Any], status: int) -> Callable[..., Any]:
    """The endpoint, answering a repeat of its Idempotency-Key with the first answer."""

    @functools.wraps(endpoint)
    async def idempotent_endpoint(**arguments: Any) -> Any:
        tx: AsyncSession | None = arguments.get("tx")
        once: IdempotencyKey | None = tx.info["once"] if tx is not None else None
        if tx is None or once is None:
            return await endpoint(**arguments)
        if first := await find_response(tx, once):
            return Response(first.body, first.status, media_type="application/json")
        answer = await endpoint(**arguments)
        said = b"" if answer is None else to_json(answer)
        await store_response(tx, once, StoredResponse(status, said))
        return answer

    return idempotent_endpoint


Item = TypeVar("Item")
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class RouteDecorator(Protocol):
    """A decorator that leaves the function as it is."""

    def __call__(self, endpoint: Endpoint, /) -> Endpoint: ...


class Filters(RequestModel):
    """What narrows a list, in its query; names that the route doesn't know are refused for all."""

    model_config = ConfigDict(extra="ignore")


async def _refuse_unknown_names(request: Request) -> None:
    """Invalid for a name in the query that the route doesn't know: a filter that does nothing."""
    unknown = request.query_params.keys() - _names_known_to(request.scope["route"])
    if unknown:
        raise Invalid(errors=dict.fromkeys(sorted(unknown), N_("There is no such field")))


def _names_known_to(route: APIRoute) -> frozenset[str]:
    return frozenset(field.alias for field in get_flat_params(route.dependant))


class ApiRouter(APIRouter):
    """Routes under `/api/v1`; each names its policy, each POST may be repeated safely.

    What can be told from an endpoint's signature is in its description by itself; `problems` are
    the statuses that it can give beyond that.
    """

    def __init__(self, **options: Any) -> None:
        prefix = "/api/v1" + options.pop("prefix", "")
        super().__init__(prefix=prefix, generate_unique_id_function=_name, **options)

    def add_api_route(
        self, path: str, endpoint: Callable[..., Any], *, policy: str = "", **options: Any
    ) -> None:
        """Add a route; `policy` is one of `policies.POLICIES`."""
        guards = [Depends(allow(policy)), *(options.pop("dependencies", None) or [])]
        if options.get("include_in_schema", True):
            guards.append(Depends(_refuse_unknown_names))
            options = _with_openapi(path, endpoint, policy, options)
        if "POST" in (options.get("methods") or ()):
            endpoint = idempotent(endpoint, options.get("status_code") or 200)
        super().add_api_route(path, endpoint, dependencies=guards, **options)

    def add(self, method: str, path: str, policy: str, **options: Any) -> RouteDecorator:
        """A decorator that adds the function as the route's endpoint."""

        def add(endpoint: Endpoint) -> Endpoint:
            self.add_api_route(path, endpoint, policy=policy, methods=[method], **options)
            return endpoint

        return add

    def get(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """A route that reads."""
        return self.add("GET", path, policy, **options)

    def post(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """A route that acts."""
        return self.add("POST", path, policy, **options)

    def put(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """A route that replaces."""
        return self.add("PUT", path, policy, **options)

    def delete(self, path: str, *, policy: str, **options: Any) -> RouteDecorator:  # type: ignore[override]
        """A route that ends something."""
        return self.add("DELETE", path, policy, **options)


def _name(route: APIRoute) -> str:
    return route.name


def _with_openapi(
    path: str, endpoint: Callable[..., Any], policy: str, options: dict[str, Any]
) -> dict[str, Any]:
    """The options of a route with what its description says by itself."""
    told = RouteDocs.of(options["methods"][0], path, policy, endpoint)
    responses = told.responses(options.get("status_code") or 200, options.pop("problems", ()))
    for status, said in (options.pop("responses", None) or {}).items():
        responses[status] = {**responses.get(status, {}), **said}
    extra = {**told.operation(), **(options.pop("openapi_extra", None) or {})}
    return {**options, "responses": responses, "openapi_extra": extra}


class PaginationParams:
    """Which part of a list the client asks for, and the Link header that says where it goes on."""

    response_headers: ClassVar[dict[str, Any]] = {
        "Link": {
            "schema": {"type": "string"},
            "description": 'Where the list goes on, `<…>; rel="next"` (RFC 8288); '
            "the last page has none.",
        }
    }

    def __init__(
        self,
        request: Request,
        response: Response,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = PAGE,
    ) -> None:
        self.after = after
        self.limit = limit
        self._request = request
        self._response = response

    @property
    def page_request(self) -> PageRequest:
        """Which part that is, for a query."""
        return PageRequest(self.after, self.limit)

    def set_next_link(self, found: Page[Item]) -> Page[Item]:
        """Say where the next page is, and hand the page back."""
        if found.after is not None:
            after = self._request.url.include_query_params(after=str(found.after))
            self._response.headers["Link"] = f'<{after.path}?{after.query}>; rel="next"'
        return found


Pagination = Annotated[PaginationParams, Depends()]
