"""The JSON routes of volunteers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from annotated_types import Len
from fastapi import Query
from pydantic import Field, StringConstraints

from services.volunteers.people import actions, queries
from services.volunteers.people.models import VolunteerState
from shared.pagination import PageRequest
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Filters, RequestModel, ResponseModel, Tx
from shared.web.pagination import Pagination

router = ApiRouter(prefix="/volunteers", tags=["volunteers"])
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Phrases = Annotated[list[Phrase], Len(max_length=20)]
MAX_UPCOMING_DUTIES = 100


class VolunteerApplication(RequestModel):
    """An application: the resident's skills and times; `on_behalf_of` is for the desk."""

    skills: Phrases = Field(default_factory=list)
    times: Phrases = Field(default_factory=list)
    on_behalf_of: UUID | None = None


class VolunteerFilter(Filters):
    """The filter of volunteers."""

    state: VolunteerState | None = None


class VolunteerView(ResponseModel):
    """A volunteer; the register has the name of `resident_id`."""

    id: UUID
    resident_id: UUID
    state: VolunteerState
    skills: list[str]
    times: list[str]
    created_at: datetime
    approved_at: datetime | None


class DutyView(ResponseModel):
    """An open duty: an event that starts, or a wish with a lease.

    `about` is the path of the event or the wish: `events/0190…`, `wishes/0190…`.
    """

    kind: str
    subject_id: UUID
    about: str
    title: str
    starts_at: datetime | None
    until: datetime | None


class MyVolunteering(VolunteerView):
    """One's own application with the open duties."""

    duties: list[DutyView]


@router.post("", policy="volunteers.apply", status_code=201, problems=(404,))
async def apply(body: VolunteerApplication, tx: Tx, actor: CurrentActor) -> VolunteerView:
    """Apply as a volunteer."""
    applicant = actor.acting_for(body.on_behalf_of)
    applied = await actions.apply(tx, applicant, skills=body.skills, times=body.times)
    return VolunteerView.model_validate(applied)


@router.post("/{volunteer_id}/approve", policy="volunteers.approve")
async def approve(volunteer_id: UUID, tx: Tx, actor: CurrentActor) -> VolunteerView:
    """Approve an application."""
    return VolunteerView.model_validate(await actions.approve(tx, actor, volunteer_id))


@router.get("", policy="volunteers.list")
async def volunteers(
    tx: Tx,
    actor: CurrentActor,
    filters: Annotated[VolunteerFilter, Query()],
    pagination: Pagination,
) -> list[VolunteerView]:
    """List the station's volunteers, newest application first."""
    page = pagination.set_next_link(
        await queries.volunteers(
            tx, actor, state=filters.state, after=pagination.after, limit=pagination.limit
        )
    )
    return [VolunteerView.model_validate(volunteer) for volunteer in page.items]


@router.get("/me", policy="volunteers.read", problems=(404,))
async def me(tx: Tx, actor: CurrentActor) -> MyVolunteering:
    """Return one's own application and the first hundred open duties."""
    view = VolunteerView.model_validate(await queries.application(tx, actor))
    page = await queries.upcoming_duties(tx, actor, PageRequest(limit=MAX_UPCOMING_DUTIES))
    duties = [DutyView.model_validate(duty) for duty in page.items]
    return MyVolunteering(**view.model_dump(), duties=duties)


@router.get("/me/duties", policy="volunteers.read")
async def my_duties(tx: Tx, actor: CurrentActor, pagination: Pagination) -> list[DutyView]:
    """List one's own open duties, whether one is a volunteer or not, the earliest first."""
    page = pagination.set_next_link(
        await queries.upcoming_duties(tx, actor, pagination.page_request)
    )
    return [DutyView.model_validate(duty) for duty in page.items]


@router.get("/{volunteer_id}", policy="volunteers.read")
async def volunteer(volunteer_id: UUID, tx: Tx, actor: CurrentActor) -> VolunteerView:
    """Return one volunteer, for the desk and for the volunteer."""
    return VolunteerView.model_validate(await queries.volunteer(tx, actor, volunteer_id))
