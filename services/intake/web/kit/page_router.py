"""The router of pages: each route names its policy, and each form takes effect once."""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.params import Depends as DependsParameter
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from services.intake.web.kit.page_context import PageContext
from shared.web.authentication import allow
from shared.web.http import Endpoint, Filters, RouteDecorator
from shared.web.idempotency import IdempotencyKey, StoredResponse, find_response, store_response

SUBMISSION_FIELD = "once"


async def reject_unreadable_query(_: Annotated[Filters, Query()]) -> None:
    """Refuse a query with characters that no page can show. Raises: Invalid."""


class PageRouter(APIRouter):
    """A router for routes outside `/api/`, which respond with pages and redirects."""

    def get(self, path: str, *, policy: str) -> RouteDecorator:  # type: ignore[override]
        """Add a page."""
        return self._route_decorator(path, policy, methods=["GET", "HEAD"])

    def post(  # type: ignore[override]
        self,
        path: str,
        *,
        policy: str,
        idempotent: bool = True,
        dependency: Callable[..., Any] | None = None,
        max_body_size: int | None = None,
    ) -> RouteDecorator:
        """Add a form; with `idempotent`, its hidden key makes a second submission change nothing.

        An idempotent endpoint takes the parameter `page`. `dependency` runs first;
        `max_body_size` is the limit in bytes where a form may be larger than usual.
        """
        wrap = idempotent_form if idempotent else None
        guards = [Depends(dependency)] if dependency else []
        limits = {"max_body_size": max_body_size} if max_body_size else {}
        return self._route_decorator(path, policy, wrap, guards, methods=["POST"], **limits)

    def moved(self, path: str, new_path: str) -> None:
        """Redirect an old address, also of a form that was opened before the move.

        `new_path` has the parameters of `path`, in braces.
        """

        async def redirect(request: Request) -> Response:
            query = f"?{request.url.query}" if request.url.query else ""
            target = new_path.format(**request.path_params)
            return RedirectResponse(f"{target}{query}", status_code=308)

        redirect.__name__ = f"redirect_{re.sub('[^a-z]+', '_', path.lower()).strip('_')}"
        self._route_decorator(path, "public", methods=["GET", "HEAD", "POST"])(redirect)

    def _route_decorator(
        self,
        path: str,
        policy: str,
        wrap: Callable[..., Any] | None = None,
        guards: Sequence[DependsParameter] = (),
        **options: Any,
    ) -> RouteDecorator:
        options |= {"include_in_schema": False, "response_model": None}
        dependencies = [Depends(allow(policy)), Depends(reject_unreadable_query), *guards]

        def add(endpoint: Endpoint) -> Endpoint:
            handler = wrap(endpoint) if wrap else endpoint
            self.add_api_route(path, handler, dependencies=dependencies, **options)
            return endpoint

        return add


async def read_submission_token(page: PageContext) -> str | None:
    """Return the form's hidden key, to pass on to another service; None if it is missing."""
    key = str((await page.form()).get(SUBMISSION_FIELD) or "")[:64]
    return key if key and key.isprintable() else None


def idempotent_form(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `endpoint` so that a repeat of the same form gets the first response.

    A response with an error is not stored, so that the form can be submitted again.
    """

    @functools.wraps(endpoint)
    async def idempotent_endpoint(**arguments: Any) -> Response:
        page: PageContext = arguments["page"]
        key = _idempotency_key(page, await page.form())
        if stored := await find_response(page.tx, key):
            return _replay_response(stored)
        response: Response = await endpoint(**arguments)
        if response.status_code < 400:
            await store_response(page.tx, key, _to_stored_response(response))
        else:
            await page.tx.rollback()
        return response

    return idempotent_endpoint


def _idempotency_key(page: PageContext, form: FormData) -> IdempotencyKey:
    """Return the key of a submission; it covers the values, so an edited form is a new one."""
    fields = [
        (name, value if isinstance(value, str) else f"{value.filename} {value.size}")
        for name, value in form.multi_items()
    ]
    content = json.dumps([page.request.url.path, fields]).encode()
    key = f"{form.get(SUBMISSION_FIELD)} {hashlib.sha256(content).hexdigest()}"
    return IdempotencyKey.of(page.actor.person if page.actor else None, key, content)


def _to_stored_response(response: Response) -> StoredResponse:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers
    ]
    body = bytes(response.body).decode()
    return StoredResponse(response.status_code, json.dumps([headers, body]).encode())


def _replay_response(stored: StoredResponse) -> Response:
    headers, body = json.loads(stored.body)
    response = Response(body, stored.status)
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers
    ]
    return response
