"""Queries for accounts, always within a station."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.accounts.models import Account
from shared.auth import Role


async def list_partners(tx: AsyncSession, station: UUID) -> Sequence[Account]:
    """List the station's partners by name."""
    statement = (
        select(Account)
        .where(Account.station_id == station, Account.role == Role.PARTNER)
        .order_by(Account.display_name, Account.id)
    )
    return (await tx.scalars(statement)).all()


async def load_names(tx: AsyncSession, station: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the display names of those accounts of the station by id."""
    unique_ids = set(ids)
    if not unique_ids:
        return {}
    rows = await tx.execute(
        select(Account.id, Account.display_name).where(
            Account.station_id == station, Account.id.in_(unique_ids)
        )
    )
    return dict(iter(rows))
