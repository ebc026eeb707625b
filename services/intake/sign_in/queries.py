"""Queries for the owner of a session, and for accounts by user name."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from services.intake.residents.models import Resident
from services.intake.sign_in.credentials import keyed_hash
from services.intake.sign_in.models import Session
from services.intake.stations import queries as stations
from services.intake.stations.models import Station
from services.intake.volunteers_view.models import Volunteer
from shared import clock
from shared.aggregate import load
from shared.auth import Actor, Role
from shared.language import Language

_APPROVED = (
    select(Volunteer.volunteer_id)
    .where(
        Volunteer.station_id == Session.station_id,
        Volunteer.resident_id == Session.resident_id,
        Volunteer.state == "approved",
    )
    .exists()
)
# The statement is built once, since every request runs it, and it loads columns, since an entity
# would stay in the session.
_ACTOR_BY_TOKEN = (
    select(
        Session.station_id,
        Session.resident_id,
        Session.account_id,
        Resident.language,
        Account.language,
        Account.role,
        _APPROVED,
    )
    .outerjoin(Resident, Resident.id == Session.resident_id)
    .outerjoin(Account, Account.id == Session.account_id)
    .where(Session.token_hash == bindparam("token"), Session.expires_at > bindparam("now"))
)


async def actor_of(tx: AsyncSession, token: str) -> Actor | None:
    """Return the owner of that session with their present roles; None for no session."""
    result = await tx.execute(
        _ACTOR_BY_TOKEN, {"token": keyed_hash(tx, "session", token), "now": clock.now()}
    )
    row = result.one_or_none()
    if row is None:
        return None
    station, resident, account, residents_language, accounts_language, role, is_volunteer = row
    roles = {Role(role or Role.RESIDENT)}
    if is_volunteer:
        roles.add(Role.VOLUNTEER)
    person = cast(UUID, resident or account)
    language = cast(Language, residents_language or accounts_language)
    return Actor(station, person, frozenset(roles), language)


async def find_account(tx: AsyncSession, station: UUID, username: str) -> Account | None:
    """Find the account with that user name, whatever the case of its letters."""
    account: Account | None = await tx.scalar(
        select(Account).where(
            Account.station_id == station, Account.username == username.casefold()
        )
    )
    return account


@dataclass(frozen=True)
class Profile:
    """The person who acts, and their station."""

    person: Resident | Account
    station: Station


async def load_profile(tx: AsyncSession, actor: Actor) -> Profile:
    """Load the profile of the actor. Raises: NotFound."""
    return Profile(await person_of(tx, actor), await stations.get(tx, actor.station))


async def person_of(tx: AsyncSession, actor: Actor) -> Resident | Account:
    """Load the resident or the account that acts. Raises: NotFound."""
    model = Resident if actor.has(Role.RESIDENT) else Account
    return await load(tx, model, actor.person, station=actor.station)
