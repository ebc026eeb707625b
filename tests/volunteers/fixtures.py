"""Volunteers and their points in the database of the volunteers service."""

from uuid import UUID

from services.volunteers.ledger.models import AccountKey
from services.volunteers.ledger.queries import (
    AccountBalance,
    LedgerAudit,
    audit_ledger,
    get_balance,
)
from services.volunteers.people.models import Volunteer
from shared.auth import Actor
from shared.ids import new_id
from shared.runtime.runtime import Runtime


async def create_volunteer(runtime: Runtime, station: UUID, resident: UUID | None = None) -> UUID:
    """Create an approved volunteer, and return the resident's id."""
    volunteer = Volunteer.apply(station, resident or new_id(), [], [])
    volunteer.approve(Actor.system(station))
    volunteer.pending.clear()  # No test needs the messages of a volunteer that is only a fixture.
    async with runtime.sessions.begin() as tx:
        tx.add(volunteer)
    return volunteer.resident_id


async def read_points(runtime: Runtime, station: UUID, resident: UUID) -> AccountBalance:
    """Read the points of a resident's account."""
    async with runtime.sessions() as tx:
        return await get_balance(tx, AccountKey(station, "resident", resident))


async def run_audit(runtime: Runtime, station: UUID) -> LedgerAudit:
    """Audit a station's books."""
    async with runtime.sessions() as tx:
        return await audit_ledger(tx, station)
