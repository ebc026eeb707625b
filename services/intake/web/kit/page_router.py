"""The routes of pages: each names its policy, and a form that is sent twice takes effect once."""

import functools
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.params import Depends as DependsParameter
from starlette.datastructures import FormData

from services.intake.web.kit.page_context import Screen
from shared.web.http import Adding, Endpoint, Filters, allow
from shared.web.idempotency import Answer, Once, first_answer, keep_answer

KEY = "once"


async def readable(_: Annotated[Filters, Query()]) -> None:
    """Invalid for what no page can show, anywhere in the query; a page needn't look itself."""


class Pages(APIRouter):
    """Routes outside `/api/`; they answer with pages and redirections."""

    def get(self, path: str, *, policy: str) -> Adding:  # type: ignore[override]
        """A page to look at."""
        return self._adding(path, policy, methods=["GET", "HEAD"])

    def post(  # type: ignore[override]
        self,
        path: str,
        *,
        policy: str,
        once: bool = True,
        before: Callable[..., Any] | None = None,
        largest: int | None = None,
    ) -> Adding:
        """A form that was sent; with `once`, its hidden key makes a second tap change nothing.

        The endpoint then takes the parameter `screen`. `before` is a dependency to run first,
        `largest` the bytes that a form may have where that is more than usual.
        """
        wrap = taking_effect_once if once else None
        guards = [Depends(before)] if before else []
        more = {"max_body_size": largest} if largest else {}
        return self._adding(path, policy, wrap, guards, methods=["POST"], **more)

    def _adding(
        self,
        path: str,
        policy: str,
        wrap: Callable[..., Any] | None = None,
        guards: Sequence[DependsParameter] = (),
        **options: Any,
    ) -> Adding:
        options |= {"include_in_schema": False, "response_model": None}
        dependencies = [Depends(allow(policy)), Depends(readable), *guards]

        def add(endpoint: Endpoint) -> Endpoint:
            answering = wrap(endpoint) if wrap else endpoint
            self.add_api_route(path, answering, dependencies=dependencies, **options)
            return endpoint

        return add


async def key_of(screen: Screen) -> str | None:
    """The form's hidden key, for another service that remembers it; None for none to speak of."""
    key = str((await screen.form()).get(KEY) or "")[:64]
    return key if key and key.isprintable() else None


def taking_effect_once(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint, answering a repeat of the same form with the first answer.

    A page that shows mistakes writes nothing, so that the form can be sent again.
    """

    @functools.wraps(endpoint)
    async def answer_once(**arguments: Any) -> Response:
        screen: Screen = arguments["screen"]
        once = _once(screen, await screen.form())
        if first := await first_answer(screen.tx, once):
            return _again(first)
        answer: Response = await endpoint(**arguments)
        if answer.status_code < 400:
            await keep_answer(screen.tx, once, _kept(answer))
        else:
            await screen.tx.rollback()
        return answer

    return answer_once


def _once(screen: Screen, form: FormData) -> Once:
    """What was typed is part of the key: a form that is changed after Back is another act."""
    said = [
        (name, value if isinstance(value, str) else f"{value.filename} {value.size}")
        for name, value in form.multi_items()
    ]
    typed = json.dumps([screen.request.url.path, said]).encode()
    key = f"{form.get(KEY)} {hashlib.sha256(typed).hexdigest()}"
    return Once.of(screen.actor.person if screen.actor else None, key, typed)


def _kept(answer: Response) -> Answer:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers
    ]
    body = bytes(answer.body).decode()
    return Answer(answer.status_code, json.dumps([headers, body]).encode())


def _again(first: Answer) -> Response:
    headers, body = json.loads(first.body)
    answer = Response(body, first.status)
    answer.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers
    ]
    return answer
