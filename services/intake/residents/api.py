"""The endpoints of residents, for the desk."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.intake.residents import actions, queries
from services.intake.residents.models import Resident, ResidentFields
from services.intake.residents.schemas import (
    ChangeResident,
    RegisterResident,
    ResidentView,
    RevealedPhone,
    RevealPhone,
)
from shared.db import sealer_of
from shared.web.authentication import CurrentActor
from shared.web.http import ApiRouter, Tx
from shared.web.pagination import Pagination
from shared.web.preconditions import ETag, ETagResponse, IfMatch

router = ApiRouter(tags=["residents"])


def _resident_view(tx: AsyncSession, resident: Resident, etag: ETagResponse) -> ResidentView:
    etag.set_etag(resident.version)
    return ResidentView.of(resident, sealer_of(tx))


@router.post("/residents", policy="register.write", status_code=201, problems=(404,))
async def register_resident(
    body: RegisterResident, tx: Tx, actor: CurrentActor, etag: ETag
) -> ResidentView:
    """Add a resident to the register."""
    resident = await actions.register(tx, actor, ResidentFields(**body.model_dump()))
    return _resident_view(tx, resident, etag)


@router.get("/residents", policy="register.read")
async def list_residents(
    tx: Tx, actor: CurrentActor, pagination: Pagination, household_id: UUID | None = None
) -> list[ResidentView]:
    """List the station's residents, or those of one household, phones masked."""
    residents = pagination.set_next_link(
        await queries.list_residents(
            tx, actor.station, household_id, pagination.after, pagination.limit
        )
    )
    return [ResidentView.of(resident, sealer_of(tx)) for resident in residents.items]


@router.get("/residents/{resident_id}", policy="register.read")
async def get_resident(resident_id: UUID, tx: Tx, actor: CurrentActor, etag: ETag) -> ResidentView:
    """Return a resident, the phone masked."""
    resident = await queries.get_resident(tx, actor.station, resident_id)
    return _resident_view(tx, resident, etag)


@router.put("/residents/{resident_id}", policy="register.write")
async def change_resident(
    resident_id: UUID,
    body: ChangeResident,
    tx: Tx,
    actor: CurrentActor,
    edit: IfMatch,
) -> ResidentView:
    """Change a resident, if If-Match names the present version."""
    changes: dict[str, Any] = body.model_dump(exclude_unset=True)
    resident = await actions.change(tx, actor, resident_id, changes, edit.expected)
    return _resident_view(tx, resident, edit)


@router.post("/residents/{resident_id}/reveal", policy="residents.reveal")
async def reveal_phone(
    resident_id: UUID, body: RevealPhone, tx: Tx, actor: CurrentActor
) -> RevealedPhone:
    """Return the phone in clear, and record who asked and why."""
    return RevealedPhone(phone=await actions.reveal(tx, actor, resident_id, body.reason))
