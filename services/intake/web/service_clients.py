"""What pages ask of the other services, as the one who looks."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.intake.gateway.upstreams import Neighbours
from services.intake.web.kit.page_context import Screen
from shared.db import Page
from shared.errors import Problem, Unavailable

T = TypeVar("T")


class Said(BaseModel):
    """What another service says; what a page doesn't show is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Standing(Said):
    """How many points there are."""

    balance: int
    held: int
    available: int


class Entry(Said):
    """One change of the points, with its reason."""

    id: UUID
    amount: int
    reason: str
    title: str
    cause_subject: str
    correlation_id: UUID
    created_at: datetime


class Application(Said):
    """A volunteer, or somebody who wants to be one."""

    id: UUID
    resident_id: UUID
    state: str
    skills: list[str]
    times: list[str]
    created_at: datetime


class Duty(Said):
    """Something taken on and not yet done; `about` is what it is about (`events/0190…`)."""

    about: str
    title: str
    starts_at: datetime | None
    until: datetime | None


class Answered(Problem):
    """What another service refused, in its words."""

    def __init__(self, status: int, title: str, detail: str | None) -> None:
        super().__init__(detail)
        self.__dict__["status"] = status
        self.__dict__["title"] = title


async def ask(
    screen: Screen, method: str, path: str, body: Any = None, key: str | None = None
) -> Any:
    """What the service that owns the path answers; Unavailable, or the problem that it names."""
    answer = await _answer(screen, method, path, body, key)
    return answer.json() if answer.content else None


async def listed(screen: Screen, path: str, kind: type[T], **query: Any) -> Page[T]:
    """A page of a list of another service; parts of the query that are None are left out."""
    wanted = {name: str(value) for name, value in query.items() if value is not None}
    answer = await _answer(screen, "GET", str(httpx.URL(path, params=wanted)))
    following = answer.links.get("next")
    after = httpx.URL(following["url"]).params["after"] if following else None
    items = TypeAdapter(list[kind]).validate_python(answer.json())  # type: ignore[valid-type]
    return Page(items, UUID(after) if after else None)


async def _answer(
    screen: Screen, method: str, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    neighbours: Neighbours = screen.request.app.state.neighbours
    answer = await neighbours.ask(screen.who, method, f"/api/v1{path}", body, key)
    if answer.is_success:
        return answer
    if answer.status_code >= 500:
        raise Unavailable
    said = answer.json()
    raise Answered(answer.status_code, said.get("title", ""), said.get("detail"))


async def if_there(asked: Awaitable[T]) -> T | None:
    """What was asked for, or None while that service doesn't answer."""
    try:
        return await asked
    except Unavailable:
        return None


async def standing(screen: Screen, resident: UUID | None = None) -> Standing:
    """The points of whoever looks, or at the desk a resident's."""
    query = f"?resident={resident}" if resident else ""
    return Standing.model_validate(await ask(screen, "GET", f"/points/me{query}"))


async def entries(screen: Screen, after: UUID | None = None) -> Page[Entry]:
    """How the points came about, newest first."""
    return await listed(screen, "/points/me/entries", Entry, after=after)


async def application(screen: Screen) -> Application | None:
    """The application of whoever looks, None when they never applied."""
    try:
        return Application.model_validate(await ask(screen, "GET", "/volunteers/me"))
    except Answered as refused:
        if refused.status == 404:
            return None
        raise


async def duties(screen: Screen) -> Page[Duty]:
    """What whoever looks has yet to do, what comes first before the rest."""
    return await listed(screen, "/volunteers/me/duties", Duty, limit=20)


async def applicants(screen: Screen) -> Page[Application]:
    """Who waits to be approved as a volunteer."""
    return await listed(screen, "/volunteers", Application, state="applied", limit=100)


class Line(Said):
    """One thing that somebody was told; `subject` is what it is about (`wishes/0190…`)."""

    id: UUID
    title: str
    body: str
    subject: str
    created_at: datetime
    read_at: datetime | None


class Outgoing(Said):
    """One message to somebody over one channel, as operators see it."""

    id: UUID
    channel: str
    state: str
    to: str | None
    text: str
    reason: str | None
    correlation: UUID
    created_at: datetime
    sent_at: datetime | None


async def inbox(screen: Screen, after: UUID | None = None) -> Page[Line]:
    """The inbox of whoever looks, newest first."""
    return await listed(screen, "/inbox", Line, after=after, limit=30)


async def unread(screen: Screen) -> int:
    """How many lines of the inbox whoever looks hasn't read."""
    said: int = (await ask(screen, "GET", "/inbox/unread"))["unread"]
    return said


async def outgoing(screen: Screen, channel: str, after: UUID | None = None) -> Page[Outgoing]:
    """What the station told people over that channel."""
    return await listed(screen, "/deliveries", Outgoing, channel=channel, after=after)
