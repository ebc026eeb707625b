"""What pages ask of the other services, as the one who looks."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.intake.gateway.upstreams import Upstreams
from services.intake.web.kit.page_context import PageContext
from shared.db import Page
from shared.errors import Problem, Unavailable

T = TypeVar("T")


class RemoteModel(BaseModel):
    """What another service says; what a page doesn't show is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PointsBalance(RemoteModel):
    """How many points there are."""

    balance: int
    held: int
    available: int


class PointsEntry(RemoteModel):
    """One change of the points, with its reason."""

    id: UUID
    amount: int
    reason: str
    title: str
    cause_subject: str
    correlation_id: UUID
    created_at: datetime


class VolunteerApplication(RemoteModel):
    """A volunteer, or somebody who wants to be one."""

    id: UUID
    resident_id: UUID
    state: str
    skills: list[str]
    times: list[str]
    created_at: datetime


class Duty(RemoteModel):
    """Something taken on and not yet done; `about` is what it is about (`events/0190…`)."""

    about: str
    title: str
    starts_at: datetime | None
    until: datetime | None


class RemoteProblem(Problem):
    """What another service refused, in its words."""

    def __init__(self, status: int, title: str, detail: str | None) -> None:
        super().__init__(detail)
        self.__dict__["status"] = status
        self.__dict__["title"] = title


async def call_service(
    page: PageContext, method: str, path: str, body: Any = None, key: str | None = None
) -> Any:
    """What the service that owns the path answers; Unavailable, or the problem that it names."""
    answer = await _send_request(page, method, path, body, key)
    return answer.json() if answer.content else None


async def fetch_list(page: PageContext, path: str, model: type[T], **query: Any) -> Page[T]:
    """A page of a list of another service; parts of the query that are None are left out."""
    wanted = {name: str(value) for name, value in query.items() if value is not None}
    answer = await _send_request(page, "GET", str(httpx.URL(path, params=wanted)))
    following = answer.links.get("next")
    after = httpx.URL(following["url"]).params["after"] if following else None
    items = TypeAdapter(list[model]).validate_python(answer.json())  # type: ignore[valid-type]
    return Page(items, UUID(after) if after else None)


async def _send_request(
    page: PageContext, method: str, path: str, body: Any = None, key: str | None = None
) -> httpx.Response:
    neighbours: Upstreams = page.request.app.state.upstreams
    answer = await neighbours.ask(page.signed_in_actor, method, f"/api/v1{path}", body, key)
    if answer.is_success:
        return answer
    if answer.status_code >= 500:
        raise Unavailable
    said = answer.json()
    raise RemoteProblem(answer.status_code, said.get("title", ""), said.get("detail"))


async def or_none_if_unavailable(awaitable: Awaitable[T]) -> T | None:
    """What was asked for, or None while that service doesn't answer."""
    try:
        return await awaitable
    except Unavailable:
        return None


async def fetch_balance(page: PageContext, resident: UUID | None = None) -> PointsBalance:
    """The points of whoever looks, or at the desk a resident's."""
    query = f"?resident={resident}" if resident else ""
    return PointsBalance.model_validate(await call_service(page, "GET", f"/points/me{query}"))


async def fetch_entries(page: PageContext, after: UUID | None = None) -> Page[PointsEntry]:
    """How the points came about, newest first."""
    return await fetch_list(page, "/points/me/entries", PointsEntry, after=after)


async def fetch_application(page: PageContext) -> VolunteerApplication | None:
    """The application of whoever looks, None when they never applied."""
    try:
        return VolunteerApplication.model_validate(
            await call_service(page, "GET", "/volunteers/me")
        )
    except RemoteProblem as refused:
        if refused.status == 404:
            return None
        raise


async def fetch_duties(page: PageContext) -> Page[Duty]:
    """What whoever looks has yet to do, what comes first before the rest."""
    return await fetch_list(page, "/volunteers/me/duties", Duty, limit=20)


async def fetch_applicants(page: PageContext) -> Page[VolunteerApplication]:
    """Who waits to be approved as a volunteer."""
    return await fetch_list(page, "/volunteers", VolunteerApplication, state="applied", limit=100)


class InboxItem(RemoteModel):
    """One thing that somebody was told; `subject` is what it is about (`wishes/0190…`)."""

    id: UUID
    title: str
    body: str
    subject: str
    created_at: datetime
    read_at: datetime | None


class SmsDelivery(RemoteModel):
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


async def fetch_inbox(page: PageContext, after: UUID | None = None) -> Page[InboxItem]:
    """The inbox of whoever looks, newest first."""
    return await fetch_list(page, "/inbox", InboxItem, after=after, limit=30)


async def fetch_unread_count(page: PageContext) -> int:
    """How many lines of the inbox whoever looks hasn't read."""
    said: int = (await call_service(page, "GET", "/inbox/unread"))["unread"]
    return said


async def fetch_deliveries(
    page: PageContext, channel: str, after: UUID | None = None
) -> Page[SmsDelivery]:
    """What the station told people over that channel."""
    return await fetch_list(page, "/deliveries", SmsDelivery, channel=channel, after=after)
