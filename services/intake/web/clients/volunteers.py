"""Calls to the volunteers service: applications, duties and points."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.intake.web.clients.base import RemoteModel, RemoteProblem, call_service, fetch_list
from services.intake.web.kit.page_context import PageContext
from shared.pagination import Page


class PointsBalance(RemoteModel):
    """The points of one resident; `available` is `balance` without those that are `held`."""

    balance: int
    held: int
    available: int


class PointsEntry(RemoteModel):
    """One change of a resident's points, with its reason."""

    id: UUID
    amount: int
    reason: str
    title: str
    cause_subject: str
    correlation_id: UUID
    created_at: datetime


class VolunteerApplication(RemoteModel):
    """A volunteer, or somebody who has applied to be one."""

    id: UUID
    resident_id: UUID
    state: str
    skills: list[str]
    times: list[str]
    created_at: datetime


class Duty(RemoteModel):
    """An open duty of a volunteer; `about` is the subject that the duty is for (`events/0190…`)."""

    about: str
    title: str
    starts_at: datetime | None
    until: datetime | None


async def fetch_balance(page: PageContext, resident: UUID | None = None) -> PointsBalance:
    """Fetch the points of `resident`, by default those of the actor."""
    query = f"?resident={resident}" if resident else ""
    return PointsBalance.model_validate(await call_service(page, "GET", f"/points/me{query}"))


async def fetch_entries(page: PageContext, after: UUID | None = None) -> Page[PointsEntry]:
    """Fetch the actor's ledger entries, newest first."""
    return await fetch_list(page, "/points/me/entries", PointsEntry, after=after)


async def fetch_application(page: PageContext) -> VolunteerApplication | None:
    """Fetch the actor's application, None where there is none."""
    try:
        return VolunteerApplication.model_validate(
            await call_service(page, "GET", "/volunteers/me")
        )
    except RemoteProblem as problem:
        if problem.status == 404:
            return None
        raise


async def apply(
    page: PageContext, skills: Sequence[str], times: Sequence[str], key: str | None
) -> None:
    """Apply as a volunteer; `key` makes a repeat change nothing. Raises: RemoteProblem."""
    body = {"skills": skills, "times": times}
    await call_service(page, "POST", "/volunteers", body, key)


async def approve(page: PageContext, volunteer_id: UUID, key: str | None) -> None:
    """Approve an applicant; `key` makes a repeat change nothing. Raises: RemoteProblem."""
    await call_service(page, "POST", f"/volunteers/{volunteer_id}/approve", {}, key)


async def fetch_duties(page: PageContext) -> Page[Duty]:
    """Fetch the actor's open duties, the earliest first."""
    return await fetch_list(page, "/volunteers/me/duties", Duty, limit=20)


async def fetch_applicants(page: PageContext) -> Page[VolunteerApplication]:
    """Fetch the applicants who wait for approval."""
    return await fetch_list(page, "/volunteers", VolunteerApplication, state="applied", limit=100)
