"""What pages ask of the other services, as the one who looks."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.intake.gateway.neighbours import Neighbours
from services.intake.web.screen import Screen
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
    created_at: datetime


class Application(Said):
    """A volunteer, or somebody who wants to be one."""

    id: UUID
    resident_id: UUID
    state: str
    skills: list[str]
    times: list[str]
    created_at: datetime


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
    neighbours: Neighbours = screen.request.app.state.neighbours
    answer = await neighbours.ask(screen.who, method, f"/api/v1{path}", body, key)
    if answer.is_success:
        return answer.json() if answer.content else None
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


async def entries(screen: Screen, after: UUID | None = None) -> list[Entry]:
    """How the points came about, newest first."""
    query = f"?after={after}" if after else ""
    said = await ask(screen, "GET", f"/points/me/entries{query}")
    return TypeAdapter(list[Entry]).validate_python(said)


async def application(screen: Screen) -> Application | None:
    """The application of whoever looks, None when they never applied."""
    try:
        return Application.model_validate(await ask(screen, "GET", "/volunteers/me"))
    except Answered as refused:
        if refused.status == 404:
            return None
        raise


async def applicants(screen: Screen) -> list[Application]:
    """Who waits to be approved as a volunteer."""
    said = await ask(screen, "GET", "/volunteers?state=applied&limit=100")
    return TypeAdapter(list[Application]).validate_python(said)


class Line(Said):
    """One thing that somebody was told; `subject` is what it is about (`wishes/0190…`)."""

    id: UUID
    title: str
    body: str
    subject: str
    created_at: datetime
    read_at: datetime | None


class Inbox(Said):
    """One's own inbox, newest first; `after` is where its next page begins."""

    items: list[Line]
    unread: int
    after: UUID | None


class Outgoing(Said):
    """One message to somebody over one channel, as operators see it."""

    id: UUID
    channel: str
    state: str
    to: str | None
    text: str
    reason: str | None
    created_at: datetime
    sent_at: datetime | None


class Outgoings(Said):
    """A page of what the station told people."""

    items: list[Outgoing]
    after: UUID | None


async def inbox(screen: Screen, after: UUID | None = None, limit: int = 30) -> Inbox:
    """The inbox of whoever looks."""
    query = f"?limit={limit}" + (f"&after={after}" if after else "")
    return Inbox.model_validate(await ask(screen, "GET", f"/inbox{query}"))


async def outgoing(screen: Screen, channel: str, after: UUID | None = None) -> Outgoings:
    """What the station told people over that channel."""
    query = f"?channel={channel}" + (f"&after={after}" if after else "")
    return Outgoings.model_validate(await ask(screen, "GET", f"/deliveries{query}"))
