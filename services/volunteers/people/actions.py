"""Actions on applications: apply and approve."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.volunteers.people.models import AlreadyApplied, Volunteer
from shared.aggregate import flush_or_conflict, load_for_update
from shared.auth import Actor, Role
from shared.errors import Forbidden, Invalid
from shared.language import N_
from shared.state import save


async def apply(
    tx: AsyncSession, actor: Actor, *, skills: list[str], times: list[str]
) -> Volunteer:
    """Apply for oneself, or at the desk for `actor.on_behalf_of`.

    Raises: AlreadyApplied, Forbidden, Invalid.
    """
    volunteer = Volunteer.apply(actor.station, _applicant(actor), skills, times)
    await flush_or_conflict(tx, volunteer, AlreadyApplied)
    return await save(tx, actor, volunteer)


async def approve(tx: AsyncSession, actor: Actor, volunteer_id: UUID) -> Volunteer:
    """Approve the volunteer, who may then take wishes. Raises: AlreadyDecided, NotFound."""
    volunteer = await load_for_update(tx, Volunteer, volunteer_id, station=actor.station)
    volunteer.approve(actor)
    return await save(tx, actor, volunteer)


def _applicant(actor: Actor) -> UUID:
    if not actor.may_act_for_subject:
        raise Forbidden
    if actor.on_behalf_of is None and not actor.has(Role.RESIDENT):
        raise Invalid(errors={"on_behalf_of": N_("Please say for which resident")})
    return actor.subject_id
