"""Calls to another service in the name of the actor of a page."""

from collections.abc import Awaitable
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.intake.gateway.upstreams import UPSTREAMS
from services.intake.web.kit.page_context import PageContext
from shared.errors import Problem, Unavailable
from shared.pagination import Page

T = TypeVar("T")


class RemoteModel(BaseModel):
    """An object of another service; fields that no page shows are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class RemoteProblem(Problem):
    """A refusal by another service, with that service's title and detail."""

    def __init__(self, status: int, title: str, detail: str | None) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title


async def call_service(
    page: PageContext, method: str, path: str, body: Any = None, key: str | None = None
) -> Any:
    """Call the service that owns `path` and return its JSON, None where the response is empty.

    Raises: Unavailable, RemoteProblem.
    """
    response = await _send_request(page, method, path, body, key)
    return response.json() if response.content else None


async def fetch_list(page: PageContext, path: str, model: type[T], **query: Any) -> Page[T]:
    """Fetch a page of a list of another service; `query` parameters that are None are left out."""
    params = {name: str(value) for name, value in query.items() if value is not None}
    response = await _send_request(page, "GET", str(httpx.URL(path, params=params)))
    next_link = response.links.get("next")
    after = httpx.URL(next_link["url"]).params["after"] if next_link else None
    items = TypeAdapter(list[model]).validate_python(response.json())  # type: ignore[valid-type]
    return Page(items, UUID(after) if after else None)


async def or_none_if_unavailable(awaitable: Awaitable[T]) -> T | None:
    """Return the result of `awaitable`, None while its service doesn't answer."""
    try:
        return await awaitable
    except Unavailable:
        return None


async def _send_request(
    page: PageContext, method: str, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    upstreams = UPSTREAMS.get(page.request.app.state)
    response = await upstreams.ask(page.signed_in_actor, method, f"/api/v1{path}", body, key)
    if response.is_success:
        return response
    if response.status_code >= 500:
        raise Unavailable
    problem = response.json()
    raise RemoteProblem(response.status_code, problem.get("title", ""), problem.get("detail"))
