"""Queries for approved volunteers."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.volunteers_view.models import Volunteer


def approved_condition(station: UUID, resident: UUID) -> ColumnElement[bool]:
    """Return the condition that the resident is an approved volunteer of the station."""
    return (
        select(Volunteer.volunteer_id)
        .where(
            Volunteer.station_id == station,
            Volunteer.resident_id == resident,
            Volunteer.state == "approved",
        )
        .exists()
    )


async def is_approved_volunteer(tx: AsyncSession, station: UUID, resident_id: UUID) -> bool:
    """Return whether the resident may take wishes as a volunteer."""
    return bool(await tx.scalar(select(approved_condition(station, resident_id))))
