"""The JSON routes of volunteers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Len
from fastapi import Query
from pydantic import Field, StringConstraints

from services.volunteers.people import actions, queries
from services.volunteers.people.models import State
from shared.db import PageRequest
from shared.web.http import (
    ApiRouter,
    CurrentActor,
    Filters,
    Pagination,
    RequestModel,
    ResponseModel,
    Tx,
)

router = ApiRouter(prefix="/volunteers", tags=["volunteers"])
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Phrases = Annotated[list[Phrase], Len(max_length=20)]
MAX_UPCOMING_DUTIES = 100


class VolunteerApplication(RequestModel):
    """What a resident can do and when; `on_behalf_of` is for the desk."""

    skills: Phrases = Field(default_factory=list)
    times: Phrases = Field(default_factory=list)
    on_behalf_of: UUID | None = None


class VolunteerFilter(Filters):
    """Which volunteers to list."""

    state: State | None = None


class VolunteerView(ResponseModel):
    """A volunteer; who that is, the register knows by `resident_id`."""

    id: UUID
    resident_id: UUID
    state: State
    skills: list[str]
    times: list[str]
    created_at: datetime
    approved_at: datetime | None


class DutyView(ResponseModel):
    """Something taken on and not yet done: an event that starts, or a wish with a lease.

    `about` is what can be looked at: `events/0190…`, `wishes/0190…`.
    """

    kind: str
    subject_id: UUID
    about: str
    title: str
    starts_at: datetime | None
    until: datetime | None


class MyVolunteering(VolunteerView):
    """One's own application with what is to be done."""

    duties: list[DutyView]


@router.post("", policy="volunteers.apply", status_code=201, problems=(404,))
async def apply(body: VolunteerApplication, tx: Tx, actor: CurrentActor) -> VolunteerView:
    """Ask to be a volunteer."""
    applicant = actor.acting_for(body.on_behalf_of)
    applied = await actions.apply(tx, applicant, skills=body.skills, times=body.times)
    return VolunteerView.model_validate(applied)


@router.post("/{volunteer_id}/approve", policy="volunteers.approve")
async def approve(volunteer_id: UUID, tx: Tx, actor: CurrentActor) -> VolunteerView:
    """Approve somebody who applied."""
    return VolunteerView.model_validate(await actions.approve(tx, actor, volunteer_id))


@router.get("", policy="volunteers.list")
async def volunteers(
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[VolunteerFilter, Query()],
    pagination: Pagination,
) -> list[VolunteerView]:
    """The station's volunteers, newest application first."""
    found = pagination.set_next_link(
        await queries.volunteers(
            tx, actor, state=filters.state, after=pagination.after, limit=pagination.limit
        )
    )
    return [VolunteerView.model_validate(volunteer) for volunteer in found.items]


@router.get("/me", policy="volunteers.read", problems=(404,))
async def me(tx: Tx, actor: CurrentActor) -> MyVolunteering:
    """One's own application and the first hundred coming duties."""
    found = VolunteerView.model_validate(await queries.application(tx, actor))
    coming = await queries.upcoming_duties(tx, actor, PageRequest(limit=MAX_UPCOMING_DUTIES))
    duties = [DutyView.model_validate(duty) for duty in coming.items]
    return MyVolunteering(**found.model_dump(), duties=duties)


@router.get("/me/duties", policy="volunteers.read")
async def my_duties(tx: Tx, actor: CurrentActor, pagination: Pagination) -> list[DutyView]:
    """What one has yet to do, as a volunteer or not, what comes first before the rest."""
    found = pagination.set_next_link(
        await queries.upcoming_duties(tx, actor, pagination.page_request)
    )
    return [DutyView.model_validate(duty) for duty in found.items]


@router.get("/{volunteer_id}", policy="volunteers.read")
async def volunteer(volunteer_id: UUID, tx: Tx, actor: CurrentActor) -> VolunteerView:
    """One volunteer, for the desk and for themselves."""
    return VolunteerView.model_validate(await queries.volunteer(tx, actor, volunteer_id))
