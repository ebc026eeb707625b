"""The routes of pages: each names its policy, and a form that is sent twice takes effect once."""

import functools
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.params import Depends as DependsParameter
from starlette.datastructures import FormData

from services.intake.web.kit.page_context import PageContext
from shared.web.http import Endpoint, Filters, RouteDecorator, allow
from shared.web.idempotency import IdempotencyKey, StoredResponse, find_response, store_response

SUBMISSION_FIELD = "once"


async def reject_unreadable_query(_: Annotated[Filters, Query()]) -> None:
    """Invalid for what no page can show, anywhere in the query; a page needn't look itself."""


class PageRouter(APIRouter):
    """Routes outside `/api/`; they answer with pages and redirections."""

    def get(self, path: str, *, policy: str) -> RouteDecorator:  # type: ignore[override]
        """A page to look at."""
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
        """A form that was sent; with `once`, its hidden key makes a second tap change nothing.

        The endpoint then takes the parameter `screen`. `before` is a dependency to run first,
        `largest` the bytes that a form may have where that is more than usual.
        """
        wrap = idempotent_form if idempotent else None
        guards = [Depends(dependency)] if dependency else []
        more = {"max_body_size": max_body_size} if max_body_size else {}
        return self._route_decorator(path, policy, wrap, guards, methods=["POST"], **more)

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
            answering = wrap(endpoint) if wrap else endpoint
            self.add_api_route(path, answering, dependencies=dependencies, **options)
            return endpoint

        return add


async def read_submission_token(page: PageContext) -> str | None:
    """The form's hidden key, for another service that remembers it; None for none to speak of."""
    key = str((await page.form()).get(SUBMISSION_FIELD) or "")[:64]
    return key if key and key.isprintable() else None


def idempotent_form(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, answering a repeat of the same form with the first answer.

    A page that shows mistakes writes nothing, so that the form can be sent again.
    """

    @functools.wraps(endpoint)
    async def idempotent_endpoint(**arguments: Any) -> Response:
        page: PageContext = arguments["page"]
        once = _idempotency_key(page, await page.form())
        if first := await find_response(page.tx, once):
            return _replay_response(first)
        answer: Response = await endpoint(**arguments)
        if answer.status_code < 400:
            await store_response(page.tx, once, _to_stored_response(answer))
        else:
            await page.tx.rollback()
        return answer

    return idempotent_endpoint


def _idempotency_key(page: PageContext, form: FormData) -> IdempotencyKey:
    """What was typed is part of the key: a form that is changed after Back is another act."""
    said = [
        (name, value if isinstance(value, str) else f"{value.filename} {value.size}")
        for name, value in form.multi_items()
    ]
    typed = json.dumps([page.request.url.path, said]).encode()
    key = f"{form.get(SUBMISSION_FIELD)} {hashlib.sha256(typed).hexdigest()}"
    return IdempotencyKey.of(page.actor.person if page.actor else None, key, typed)


def _to_stored_response(response: Response) -> StoredResponse:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers
    ]
    body = bytes(response.body).decode()
    return StoredResponse(response.status_code, json.dumps([headers, body]).encode())


def _replay_response(stored: StoredResponse) -> Response:
    headers, body = json.loads(stored.body)
    answer = Response(body, stored.status)
    answer.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers
    ]
    return answer
